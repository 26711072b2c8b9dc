"""What Oracle Net, the JDBC driver and python-oracledb say.

Texts are read from ojdbc11 23.26.1 (oracle.net.mesg.NetErrorMessages and
oracle.jdbc.driver.ErrorMessages) and from python-oracledb's errors.py (3 and later).
"""

from __future__ import annotations

from typing import Final

from wms_connector.oracle.catalogue.entry import Entry, Part, Who

_P: Final = Part.NETWORK
_WAIT: Final = "the connector tries again by itself, every 10 s, for ever"

ENTRIES: Final = (
    Entry(
        "no-listener", _P, "Cannot connect. No listener at …",
        "nothing listens at the database's host and port",
        "start the listener, or correct host and port (1521) in the dbInfo secret",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-12541", "ORA-12224", "ORA-17906", "ORA-12564"),
        phrases=("nothing listens at the database's host",),
    ),
    Entry(
        "unknown-service", _P, "Cannot connect to database. Service … is not registered",
        "the listener does not know the service: a wrong name, or the instance is not up yet",
        "compare `db` in the dbInfo secret with `lsnrctl services`",
        Who.OPERATOR, transient=True, restart=True,
        codes=("ORA-12514", "ORA-12504", "ORA-17856", "ORA-17855"),
        phrases=("the database's listener does not know the service",),
    ),
    Entry(
        "unknown-sid", _P, "Cannot connect to database. SID … is not registered",
        "the listener does not know the SID or instance",
        "use a service name in the dbInfo secret",
        Who.OPERATOR, transient=True, restart=True, codes=("ORA-12505", "ORA-12521"),
        phrases=("the database's listener does not know the sid",),
    ),
    Entry(
        "listener-blocks", _P, "all appropriate instances are blocking new connections",
        "the instance is starting, stopping, or open for administrators only",
        _WAIT, Who.NOBODY, transient=True, restart=True,
        codes=("ORA-12528", "ORA-12526", "ORA-12527", "ORA-12510", "ORA-12511", "ORA-12530"),
    ),
    Entry(
        "no-handler", _P, "Listener … does not have a protocol handler … ready",
        "the listener has no free server process for a session",
        "raise PROCESSES and SESSIONS; look for applications that open too many",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-12516", "ORA-12519", "ORA-12520", "ORA-12518", "ORA-12500", "ORA-12515"),
    ),
    Entry(
        "connect-timeout", _P, "Cannot connect. … timeout of … for …",
        "the database's address swallows connections: a firewall or security group, or a dead host",
        "open TCP to the database's port from the workers' subnets",
        Who.NETWORK, transient=True, restart=True,
        codes=("ORA-12170", "ORA-12535", "ORA-12607", "ORA-17822", "ORA-17828", "ORA-18953",
               "ORA-18714", "ORA-12525", "ORA-03136"),
        phrases=("the database does not answer",),
    ),
    Entry(
        "host-unreachable", _P, "destination host unreachable / network adapter could not connect",
        "no connection to the database's host comes about",
        "check route, firewall and address; then whether the host is up",
        Who.NETWORK, transient=True, restart=True,
        codes=("ORA-12543", "ORA-17820", "ORA-12545", "ORA-12203", "ORA-12560", "ORA-12579"),
        phrases=("the network adapter could not establish the connection",),
    ),
    Entry(
        "no-connection", _P, "Unable to connect (primary): …",
        "the worker cannot sign in to the database; the reason stands beside it, or in its log",
        "`wms-connector preflight` from a machine in the workers' network tells which part fails",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("unable to connect (primary)", "the database cannot be reached"), frame=True,
    ),
    Entry(
        "unknown-host", _P, "Unknown host specified.",
        "the database's host name cannot be resolved",
        "correct `host` in the dbInfo secret, or the DNS that the workers use",
        Who.NETWORK, transient=True, restart=True, codes=("ORA-17868", "ORA-12262"),
        phrases=("unknownhostexception", "the database's host name is unknown"),
    ),
    Entry(
        "bad-address", _P, "TNS address string parsing error. / Syntax error …",
        "the database's address is written wrongly",
        "correct jdbcUrl in the dbInfo secret",
        Who.OPERATOR,
        codes=("ORA-17851", "ORA-17865", "ORA-17867", "ORA-12261", "ORA-17067", "ORA-17852",
               "ORA-17853", "ORA-17854", "ORA-17857", "ORA-17866"),
    ),
    Entry(
        "unknown-alias", _P, "Cannot connect to database. Could not find alias … in …",
        "the address is a name of a tnsnames.ora that is not there",
        "write host:port/service, or the whole descriptor",
        Who.OPERATOR, codes=("ORA-12154", "ORA-17872", "ORA-12263"),
    ),
    Entry(
        "connection-lost", _P, "end-of-file on communication channel / connection lost contact",
        "the connection to the database broke",
        _WAIT, Who.NOBODY, transient=True, restart=True,
        codes=("ORA-03113", "ORA-03114", "ORA-03135", "ORA-12537", "ORA-12547", "ORA-12570",
               "ORA-12571", "ORA-17410", "ORA-17800", "ORA-17902", "ORA-17909", "ORA-17900",
               "ORA-12152", "ORA-12153", "ORA-12583"),
        phrases=("no more data to read from socket", "got minus one from a read call"),
    ),
    Entry(
        "connection-closed", _P, "Closed connection / Closed statement",
        "the connection was closed before, for a reason that stands earlier in the worker's log",
        _WAIT, Who.NOBODY, transient=True, restart=True,
        codes=("ORA-17008", "ORA-17009", "ORA-17010"), frame=True,
    ),
    Entry(
        "io-error", _P, "I/O error",
        "the network between worker and database failed",
        f"{_WAIT}; if it comes back at regular times, look at idle time-outs of NAT and load "
        "balancers",
        Who.NETWORK, transient=True, restart=True, codes=("ORA-17002",),
        phrases=("io error:", "connection reset", "broken pipe"), frame=True,
    ),
    Entry(
        "read-timeout", _P, "Socket read timed out. / Statement timed out.",
        "the database took longer for an answer than was allowed",
        "look at the database's load and at LogMiner's session; large redo logs take long to read",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-18954", "ORA-17016", "ORA-12609", "ORA-12608", "ORA-12606"),
    ),
    Entry(
        "tls-handshake", _P, "SSL Handshake failure.",
        "TLS with the database fails: protocol, certificate, or no TLS on that port",
        "compare the address's protocol (tcps) and port with the listener's; check the certificate",
        Who.DBA, codes=("ORA-17967", "ORA-28860", "ORA-17950", "ORA-17951", "ORA-17953",
                        "ORA-12270", "ORA-17959"),
    ),
    Entry(
        "tls-certificate", _P, "The configured DN … does not match / Certificate validation …",
        "the database's certificate is not trusted, or is another server's",
        "put its authority into the trust store or wallet; correct SSL_SERVER_CERT_DN",
        Who.DBA, codes=("ORA-29024", "ORA-17954", "ORA-17960", "ORA-17965", "ORA-17966"),
    ),
    Entry(
        "wallet", _P, "Unable to parse the wallet location supplied / to initialize the key store",
        "the driver cannot read its wallet or key store",
        "check its path, rights and password in the image",
        Who.OPERATOR, codes=("ORA-17956", "ORA-17957", "ORA-17958", "ORA-12578", "ORA-28759"),
    ),
    Entry(
        "encryption-mismatch", _P, "No common encryption or data integrity algorithm",
        "database and driver do not agree on network encryption",
        "compare SQLNET.ENCRYPTION_* with oracle.net.encryption_* (driver.oracle.net.… keys)",
        Who.DBA,
        codes=("ORA-12650", "ORA-12660", "ORA-12268", "ORA-12269", "ORA-12599", "ORA-18916",
               "ORA-18900"),
    ),
    Entry(
        "listener-filter", _P, "connect request rejected based on filtering rules / service ACL",
        "the listener refuses the workers' addresses",
        "add the workers' subnets to TCP.INVITED_NODES or the service's ACL",
        Who.DBA, codes=("ORA-12506", "ORA-12529", "ORA-12546"),
    ),
    Entry(
        "protocol-violation", _P, "Protocol violation. / OALL8 is in an inconsistent state.",
        "driver and database misunderstand each other, mostly after a broken connection",
        f"{_WAIT}; if it stays so, it is a fault of the driver's version",
        Who.DEVELOPER, transient=True, restart=True,
        codes=("ORA-17401", "ORA-17447", "ORA-17452", "ORA-12592"),
    ),
    Entry(
        "listener-refused", _P, "Listener refused the connection with the following error",
        "the listener answers and refuses; the code beside it says why",
        "look at the code beside it", Who.NOBODY, codes=("ORA-18997", "ORA-18998", "ORA-18999"),
        phrases=("listener refused the connection with the following error",), frame=True,
    ),
)  # fmt: skip

_Y: Final = Part.PYTHON
PYTHON: Final = (
    Entry(
        "py-refused", _Y, "Listener refused connection. (Similar to ORA-…)",
        "the listener answers and refuses; the code beside it says why",
        "look at the code beside it", Who.NOBODY, codes=("DPY-6000",), frame=True,
    ),
    Entry(
        "py-service", _Y, "Service … is not registered with the listener (Similar to ORA-12514)",
        "the listener does not know the service",
        "correct the service's name in the address; `lsnrctl services` lists them",
        Who.OPERATOR, codes=("DPY-6001", "DPY-6003"),
    ),
    Entry(
        "py-certificate", _Y, "The name on the server certificate does not match …",
        "the database's certificate is another server's, or not trusted",
        "check address and trusted authorities", Who.DBA,
        codes=("DPY-6002", "DPY-6006", "DPY-6008"),
    ),
    Entry(
        "py-connection", _Y, "cannot connect to database (CONNECTION_ID=…).",
        "no connection to the database comes about from here",
        "check host and port, and that the network lets this machine through",
        Who.NETWORK, transient=True, codes=("DPY-6005", "DPY-6004"),
    ),
    Entry(
        "py-closed", _Y, "the database or network closed the connection",
        "the connection to the database broke", "run the command again",
        Who.NOBODY, transient=True, codes=("DPY-4011", "DPY-1001"),
    ),
    Entry(
        "py-call-timeout", _Y, "call timeout of … ms exceeded",
        "a question to the database took longer than allowed",
        "run it again; if it stays so, look at the database's load",
        Who.DBA, transient=True, codes=("DPY-4024",),
    ),
    Entry(
        "py-too-old", _Y, "connections to this database server version are not supported",
        "the database is older than 12.1, which these checks do not speak to",
        "let the DBA run the script of `preflight --sql` and its checks by hand",
        Who.DBA, codes=("DPY-3010",),
    ),
    Entry(
        "py-verifier", _Y, "password verifier type … is not supported (thin mode)",
        "the user's password is stored in an old form only (10G)",
        "reset the user's password, so that a current verifier is made",
        Who.DBA, codes=("DPY-3015",),
    ),
    Entry(
        "py-thick-only", _Y, "… is only supported in python-oracledb thick mode",
        "the database demands something that these checks do not speak, mostly native network "
        "encryption",
        "use the database's TLS port, or let the DBA run the checks; the connector can do it",
        Who.DBA, codes=("DPY-3001",),
    ),
)  # fmt: skip
