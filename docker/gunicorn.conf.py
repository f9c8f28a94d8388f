"""gunicorn behind nginx, for the editorial and the public process."""

bind = "0.0.0.0:8000"  # inside the network of the containers; only nginx reaches it
workers = 3
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
# A worker is renewed now and then, not all at the same moment.
max_requests = 5_000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"  # noqa: S108 in memory: a slow disk must not make a worker look dead
# Only nginx speaks to this port; whose address counts is TRUSTED_PROXY_COUNT's business.
forwarded_allow_ips = "*"
accesslog = None  # nginx writes one, with the request id
errorlog = "-"
control_socket_disable = True  # the containers have no home folder, and nobody steers gunicorn from inside
limit_request_line = 4094
limit_request_fields = 60
