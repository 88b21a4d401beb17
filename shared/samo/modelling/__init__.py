"""How the models are made: from a data set to a published version. Nothing that is deployed imports this package."""
