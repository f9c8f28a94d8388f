"""The faults of a bad day, made on real servers: processes killed, PostgreSQL crashed, Elasticsearch down.

    make faults                                    the whole table, for people
    python -m tests.faults --on sqlite --runs 1    a short one

Every fault ends in the same count: of all that was cleared and due, what is lost, early or there twice.
"""
