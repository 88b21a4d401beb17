"""The emotion model from GoEmotions to a published version, and the figures that say how good and how fast it is."""
