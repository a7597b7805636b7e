# 分给多个进程的工作；只有命令行提供。

ray-missing = 把评测分给多个进程需要 Ray，但尚未安装
    .hint = 请运行 pip install 'fusionlab[ray]'，或去掉 --ray
ray-address = “{ $address }”不是 Ray 集群的地址
    .hint = --ray 后面应为主节点的 HOST:PORT（例如 10.0.0.1:6379），或 auto（本机所属的集群）；不写则在本机启动一个
ray-workers = --ray-workers { $count } 不可行
    .hint = 请给出 1 或更大的数；不写则每个处理器一个工作进程
ray-unreachable = 无法加入 Ray 集群 { $address }：{ $said }
    .hint = 在主节点上，ray start 会显示地址；本机须属于该集群，并使用相同的 Python 和 Ray；--ray 后不写地址则在本机启动一个
ray-silent = { $address } 在 { $seconds } 秒内没有允许加入
    .hint = 请确认那里有使用相同 Python 和 Ray 的集群，且其令牌在 ~/.ray/auth_token 或 RAY_AUTH_TOKEN 中
ray-unstarted = Ray 无法在本机启动：{ $said }
    .hint = 请去掉 --ray
ray-waiting = Ray 集群至今没有空闲的处理器
    .hint = ray status 会显示占用者；一有空闲就会继续
ray-no-worker = Ray 集群上没有工作进程能启动：{ $said }
    .hint = 每台机器都要在 Ray 所用的 Python 中安装 FusionLab { $version }
ray-workers-died = { $name } 的同一批题目使 { $count } 个工作进程中止：{ $said }
    .hint = 多半是内存不足：请减小 --ray-workers 或 --batch；再次运行同一命令会从中断处继续
ray-lost = Ray 集群的主节点 { $address } 已不在：{ $said }
    .hint = 已有的答案都保留着；集群恢复后再次运行同一命令，或去掉 --ray，即可继续
ray-other-version = { $machine } 上是 FusionLab { $theirs }，本机是 { $ours }
    .hint = 请在集群的每台机器上安装相同的版本
ray-other-weights = { $machine } 上没有 { $ref }，或与本机的不是同一个模型
    .hint = 请把它也放到那里，或用 FUSIONLAB_HOME 共享文件夹
