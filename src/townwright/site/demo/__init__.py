"""The demo towns: invented records, written as workbooks and imported like anybody's."""
