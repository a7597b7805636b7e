# 服务器为何连接不上：代理、证书、连接，以及日志说明了什么。

## 代理

proxy-named = { $variable } 指定的代理 { $address }
proxy-setting = 系统为 { $scheme } 设置的代理
proxy-needs-socksio = 无法使用 { $proxy }：SOCKS 需要 socksio 包
    .hint = 请运行 pip install socksio，或取消设置 { $variable }，或把 { $host } 加入 NO_PROXY 以绕过代理
proxy-address = 无法使用 { $proxy }：其地址不属于 { $schemes }
    .hint = 请取消设置 { $variable }，或把 { $host } 加入 NO_PROXY 以绕过代理
advice-proxy = 请检查代理是否在运行，或取消设置 { $variable }，或把 { $host } 加入 NO_PROXY
advice-proxy-password = 请检查 { $variable } 及其中的密码，或把 { $host } 加入 NO_PROXY

## 连接

net-certificate = { $server } 的证书不受信任：{ $said }
net-proxy-refused = 无法连接 { $server }：{ $proxy } 拒绝了连接：{ $said }
net-unreachable-by-proxy = 无法通过 { $proxy } 连接 { $server }：{ $said }
net-unreachable = 无法连接 { $server }：{ $said }
advice-certificate = 如果信任它，请用 SSL_CERT_FILE 指定其颁发机构的证书文件
advice-not-https = 请确认这台服务器是否使用 http 而非 https
advice-address = 请检查地址，以及服务器是否在运行
certificates-unreadable = 无法读取 SSL_CERT_FILE 或 SSL_CERT_DIR 指定的证书：{ $place }
    .hint = 请指定 PEM 格式的证书文件，或取消设置该变量

## pip 与 Hub 客户端日志的含义

log-socks = SOCKS 代理需要的包没有安装
advice-socks = 请运行 pip install pysocks socksio，或取消设置 ALL_PROXY
log-proxy = 代理没有响应或拒绝连接
advice-https-proxy = 请检查 HTTPS_PROXY 及其中的密码，或把服务器加入 NO_PROXY
log-certificate = 服务器的证书不受信任
advice-pip-certificate = 如果信任它，请用 SSL_CERT_FILE（以及 PIP_CERT）指定其颁发机构的证书文件
log-disk-full = 磁盘已满
advice-disk = 请腾出空间，或把 FUSIONLAB_HOME 设为空间更大的文件夹
log-credentials = 服务器要求其他凭据
advice-credentials = Hub 请设置 HF_TOKEN；软件包索引请把密码写在地址中
log-no-answer = 服务器没有响应，或中断了连接
advice-network = 请检查网络后重试
log-no-wheel = 软件包索引中没有它
advice-index = 请换一个软件包索引：由 PIP_INDEX_URL 指定
