"""types only for now"""
