"""What Kafka Connect and the Kafka clients inside it say.

Sentences are read from connect-runtime and kafka-clients 4.3.1 (Errors, KafkaProducer,
ExactlyOnceWorkerSourceTask, AbstractWorkerSourceTask, KafkaBasedLog, ClientUtils).
"""

from __future__ import annotations

from typing import Final

from wms_connector.oracle.catalogue.entry import Entry, Part, Who

_K: Final = Part.KAFKA
_C: Final = Part.CONNECT

KAFKA: Final = (
    Entry(
        "producer-fenced", _K, "There is a newer producer with the same transactionalId …",
        "another worker runs the same task, or the brokers ended a transaction that was open for "
        "too long: this producer was replaced, and wrote nothing more",
        "none after a deployment or a crash; a restart if the task is FAILED; if it comes again "
        "and again, brokers or worker pause for longer than 10 s, or two clusters of workers share "
        "a group id",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("there is a newer producer with the same transactionalid",
                 "has been fenced by another producer", "producerfencedexception",
                 "attempted to produce with an old epoch", "invalidproducerepochexception"),
    ),
    Entry(
        "transaction-expired", _K, "The task … was unable to finish writing records … before its "
        "producer transaction expired.",
        "one poll's records took longer to write than a transaction may be open",
        "restart; look at the brokers' load, and for pauses of the worker of more than 10 s",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("before its producer transaction expired", "invalidtxnstateexception",
                 "attempted a transactional operation in an invalid state"),
    ),
    Entry(
        "transaction-timeout-too-long", _K, "The transaction timeout is larger than the maximum …",
        "the producer's transaction.timeout.ms is longer than the brokers allow",
        "lower it, or raise the brokers' transaction.max.timeout.ms",
        Who.OPERATOR, phrases=("the transaction timeout is larger than the maximum value",),
    ),
    Entry(
        "transaction-coordinator", _K, "InitTransactions timed out / CommitTransaction timed out",
        "the brokers' transaction coordinator does not answer",
        "look at the brokers, and at __transaction_state: its replicas must be in sync",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("inittransactions timed out", "committransaction timed out",
                 "aborttransaction timed out"),
    ),
    Entry(
        "record-too-large", _K, "The message is … bytes when serialized which is larger than …",
        "one change is larger than the producer, or the topic, takes",
        "raise max_message_bytes under [topics] of the pipeline file, `topics apply`, then `apply`",
        Who.OPERATOR,
        phrases=("bytes when serialized which is larger than",
                 "larger than the max message size the server will accept",
                 "recordtoolargeexception"),
    ),
    Entry(
        "unknown-topic", _K, "This server does not host this topic-partition. / … not present in "
        "metadata after … ms.",
        "a topic is not there, and workers make none here",
        "`wms-connector topics apply`, then restart",
        Who.OPERATOR, restart=True,
        phrases=("this server does not host this topic-partition", "not present in metadata after",
                 "could not look up partition metadata for topic"),
    ),
    Entry(
        "no-topic-rights", _K, "Not authorized to access topics / … authorization failed.",
        "the worker's role or user has no right to a topic, group or transactional id",
        "grant it on exactly the names that `wms-connector names` lists",
        Who.OPERATOR,
        phrases=("not authorized to access", "topic authorization failed",
                 "group authorization failed", "transactional id authorization failed",
                 "cluster authorization failed", "authorizationexception"),
    ),
    Entry(
        "kafka-sign-in", _K, "SASL Authentication failed. / SSL handshake failed",
        "the brokers refuse the worker's way of signing in",
        "compare `security` under [kafka] with the brokers' port, and the credentials",
        Who.OPERATOR,
        phrases=("sasl authentication failed", "saslauthenticationexception",
                 "sslauthenticationexception", "ssl handshake failed"),
    ),
    Entry(
        "too-few-replicas", _K, "Messages are rejected since there are fewer in-sync replicas …",
        "too few brokers are in sync to take records safely",
        "wait until all brokers are back; the producer tries again",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("fewer in-sync replicas than required",),
    ),
    Entry(
        "delivery-timeout", _K, "Expiring … record(s) for …: … ms has passed since batch creation",
        "the brokers took no records for longer than the producer waits",
        "look at the brokers and the network to them; restart",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("has passed since batch creation",),
    ),
    Entry(
        "no-bootstrap", _K, "No resolvable bootstrap urls given in bootstrap.servers",
        "the names of the brokers cannot be resolved",
        "correct the brokerString secret, or the DNS that the workers use",
        Who.NETWORK, transient=True, restart=True,
        phrases=("no resolvable bootstrap urls", "unknown host in bootstrap.servers"),
    ),
    Entry(
        "brokers-away", _K, "Timed out waiting for a node assignment / The request timed out.",
        "the brokers do not answer",
        "look at the brokers and the network to them",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("timed out waiting for a node assignment", "the request timed out",
                 "the broker is not available", "failed to get offsets by times"),
    ),
)  # fmt: skip

CONNECT: Final = (
    Entry(
        "flush-failed", _C, "Failed to flush offsets and/or records for task …",
        "a transaction could not be completed; the cause stands beside it",
        "mend the cause, then restart", Who.OPERATOR, transient=True, restart=True,
        phrases=("failed to flush offsets and/or records",), frame=True,
    ),
    Entry(
        "send-failed", _C, "Unrecoverable exception trying to send / from producer send callback",
        "a record could not be written to Kafka; the cause stands beside it",
        "mend the cause, then restart", Who.OPERATOR, restart=True,
        phrases=("unrecoverable exception trying to send",
                 "unrecoverable exception from producer send callback"), frame=True,
    ),
    Entry(
        "tolerance", _C, "Tolerance exceeded in error handler",
        "a converter or transform failed on a record; the cause stands beside it",
        "mend the cause; errors.tolerance=all would drop the record instead",
        Who.DEVELOPER, phrases=("tolerance exceeded in error handler",), frame=True,
    ),
    Entry(
        "topic-not-made", _C, "Task failed to create new topic …",
        "a topic is not there, and the task may not make it",
        "`wms-connector topics apply`, then restart",
        Who.OPERATOR, restart=True, phrases=("task failed to create new topic",),
    ),
    Entry(
        "no-exactly-once", _C, "This worker does not have exactly-once source support enabled.",
        "the connector wants exactly-once, the workers do not offer it",
        "start the workers with the properties of `wms-connector worker`",
        Who.OPERATOR, phrases=("does not have exactly-once source support enabled",
                               "does not support exactly-once semantics"),
    ),
    Entry(
        "offsets-topic-cleanup", _C, "Topic … is required to have cleanup.policy=compact …",
        "one of Connect's own topics is not compacted",
        "`wms-connector topics plan` shows it; set cleanup.policy=compact",
        Who.OPERATOR, phrases=("to guarantee consistency and durability of",),
    ),
    Entry(
        "plugin-missing", _C, "Failed to find any class that implements Connector …",
        "the plugin is not in the workers' image",
        "see connector.class and the image's artifacts.lock",
        Who.OPERATOR, phrases=("failed to find any class that implements connector",
                               "failed to load plugin class"),
    ),
    Entry(
        "out-of-memory", _C, "java.lang.OutOfMemoryError: Java heap space",
        "the worker's heap is too small for what is under way, mostly one large transaction",
        "raise the stage's memory under [stages] of the pipeline file; see max.queue.size.in.bytes",
        Who.OPERATOR, restart=True, phrases=("outofmemoryerror",),
    ),
)  # fmt: skip

ENTRIES: Final = (*KAFKA, *CONNECT)
