"""Cloud Run job `modelling`: a data set → a judged and published version of the emotion model."""

import sys

from samo.modelling.emotion.job import main

if __name__ == "__main__":
    sys.exit(main())
