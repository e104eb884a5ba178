from hypothesis import HealthCheck, settings

# A busy machine is no bug: neither an example's duration nor the time it took to make one fails a test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
