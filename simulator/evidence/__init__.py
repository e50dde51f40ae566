"""Every default number with a meaning: the evidence file, draws of it, and tables read off surveys."""
