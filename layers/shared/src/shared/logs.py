"""The platform's one logger.

Lambda's runtime writes standard logging as JSON, with whatever `extra` holds: no logging library is needed.
A message is a constant; what varies is a field. No personal data, no secrets.
"""

import logging

logger = logging.getLogger("almoner")

# The SDK tells at every cold start where it found its credentials.
logging.getLogger("botocore").setLevel(logging.WARNING)
