"""How the models are made: from a data set to a published version, a folder for each of them.

Nothing that is deployed imports this package, except the job that trains.
"""
