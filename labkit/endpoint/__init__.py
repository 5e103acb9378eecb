"""The embedded AWS: moto for the control plane, packets and logs of our own."""
