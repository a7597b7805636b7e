# What keeps a server from being reached: proxies, certificates, connections, and what logs tell.

## Proxies

proxy-named = the proxy { $address } that { $variable } names
proxy-setting = the system's setting for { $scheme }
proxy-needs-socksio = { $proxy } cannot be used: socks needs the package socksio
    .hint = pip install socksio, unset { $variable }, or go without a proxy by adding { $host } to NO_PROXY
proxy-address = { $proxy } cannot be used: its address is not one of { $schemes }
    .hint = unset { $variable }, or go without a proxy by adding { $host } to NO_PROXY
advice-proxy = check that the proxy runs, unset { $variable }, or add { $host } to NO_PROXY
advice-proxy-password = check { $variable } and its password, or add { $host } to NO_PROXY

## Connections

net-certificate = { $server } has a certificate that cannot be trusted: { $said }
net-proxy-refused = { $server } cannot be reached: { $proxy } refused: { $said }
net-unreachable-by-proxy = { $server } cannot be reached through { $proxy }: { $said }
net-unreachable = { $server } cannot be reached: { $said }
advice-certificate = if you trust it, name the file of its authority's certificate in SSL_CERT_FILE
advice-not-https = does this server speak http, and not https?
advice-address = check the address, and that the server runs
certificates-unreadable = the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: { $place }
    .hint = name a file of certificates in PEM form, or unset the variable

## What the logs of pip and of the hub's client mean

log-socks = a SOCKS proxy needs a package that is not installed
advice-socks = pip install pysocks socksio, or unset ALL_PROXY
log-proxy = the proxy does not answer or refuses
advice-https-proxy = check HTTPS_PROXY and its password, or add the server to NO_PROXY
log-certificate = the server's certificate cannot be trusted
advice-pip-certificate = if you trust it, name the file of its authority's certificate in SSL_CERT_FILE (and in PIP_CERT)
log-disk-full = the disk is full
advice-disk = free some space, or set FUSIONLAB_HOME to a folder with more of it
log-credentials = the server wants other credentials
advice-credentials = for the hub set HF_TOKEN, for a package index the password in its address
log-no-answer = the server does not answer, or broke the connection
advice-network = check the network, and try again
log-no-wheel = the package index does not have it
advice-index = try another package index: PIP_INDEX_URL names it
