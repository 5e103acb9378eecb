"""What a flow log says: fields, formats, records and how packets become records."""
