"""What is kept: engine, tables and the verbs that read and write them."""
