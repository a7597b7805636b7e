# 集群实验。

study-cluster = 专家放在集群里的代价
    .summary = 大型混合专家模型的专家分布在许多设备上。每个词元的向量都要送到路由器选中的专家那里，算完再送回来。这里按路由计数，并在本机的进程之间真实发送。
setting-cluster-model = 混合专家模型
    .help = 统计谁的路由；文本是它会做的题目。
setting-cluster-devices = 设备数
    .help = 专家平均分布在这些设备上。
setting-cluster-placement = 放置方式
    .help = 哪些专家放在同一台设备上。
setting-cluster-texts = 文本
    .help = 每台设备上都有各种任务的文本，还是每个任务的文本集中在一台设备上。
setting-cluster-capacity = 容量因子
    .help = 一个专家最多接收平均份额的多少倍，超出的部分被丢弃。0 表示不丢弃。
setting-cluster-problems = 题目数
    .help = 每个任务读多少道题。
setting-cluster-processes = 进程数
    .help = 最多由多少个进程真实交换一层的向量：会尝试 2 个和 4 个；0 表示不做。
setting-cluster-seed = 随机种子
    .help = 相同的种子抽出相同的题目。
choice-model-zoo-mixture-fine = 十六个小专家选四个
choice-model-zoo-mixture-top2 = 每个词元两个专家
choice-model-zoo-mixture-top1 = 每个词元一个专家
choice-placement-contiguous = 按编号连续
choice-placement-round-robin = 轮流
choice-placement-together = 常被同时选中的放在一起
choice-placement-near = 靠近词元
choice-texts-mixed = 混合
choice-texts-by-task = 按任务

cluster-matrix = 谁发给谁
cluster-matrix-note = 读完全部文本的一次前向中去程的向量数；回程方向相反。对角线上的不需要传输。
cluster-layer = 层
cluster-layer-all = 全部
cluster-from-to = 从 \ 到
cluster-cell = 设备 { $from } 向设备 { $to } 发送 { $count } 个向量
cluster-cell-stays = { $count } 个向量留在设备 { $from } 上
cluster-experts-of = 设备 { $n } 上的专家：{ $experts }
cluster-few = 少
cluster-many = 多
cluster-placements = 放置方式的影响
cluster-placements-note = 离开所在设备的选择所占的比例。竖线是随机选择时的比例；细条是每个词元对每台设备只发一次时的比例。
cluster-placement-contiguous = 按编号连续
cluster-placement-round-robin = 轮流
cluster-placement-together = 常被同时选中的放在一起
cluster-placement-near = 靠近词元
cluster-placement-rre = 随机路由（RRE）
cluster-bar = { $placement }：{ $share } 的选择需要传输，每台设备只发一次时为 { $once }；随机时为 { $even }
cluster-measured = 进程实际发送的
cluster-measured-note = 第一个专家层，由本机的多个进程计算，包括前向和反向。时间只代表本机，不代表集群。
cluster-head-processes = 进程数
cluster-head-vectors = 发送的向量
cluster-head-time = 时间
cluster-head-alone = 单个进程
cluster-head-difference = 最大差异
cluster-paper = 更多设备（纸面推算）
cluster-paper-note = 以下是推算，不是实测：每台设备 4,096 个词元、8 个专家，每个词元选两个，形状取自 Mixtral 8x7B（arXiv 2401.04088），每个数 16 位，链路 25 GB/s，每条消息 5 微秒，算力每秒 312 万亿次运算并全部用满。
cluster-paper-link = 传输
cluster-paper-compute = 计算
cluster-paper-axis = 设备数
cluster-paper-point = { $devices } 台设备：传输 { $link }，计算 { $compute }
cluster-head-devices = 设备数
cluster-head-bytes = 每台设备发送
cluster-head-link = 传输
cluster-head-compute = 计算
cluster-head-placement = 放置方式
cluster-head-share = 需要传输
cluster-head-once = 只发一次
cluster-head-even = 随机
cluster-head-dropped = 丢弃
cluster-note-alone = 所有专家都在同一台设备上，不需要传输。
cluster-note-travels = { $share } 的选择要把向量发到另一台设备。如果每个专家被选中的机会相同，这一比例是 { $even }。
cluster-note-best = “{ $placement }”发送得最少，为 { $least }，最差的为 { $most }{ $fitted ->
    [yes] 。不过它正是按这些路由安排的，换成别的文本收益会小一些
   *[no] { "" }
}。
cluster-note-all-alike = 在这里放置方式几乎没有影响：{ $least } 到 { $most } 需要传输。
cluster-note-once = 如果一个词元的几个专家在同一台设备上时只发一次，可以节省 { $saved }。
cluster-note-busiest = 最忙的设备收发的数量是平均值的 { $times } 倍，其他设备都要等它。
cluster-note-dropped = { $share } 的选择被丢弃：相应的专家已经满了。
cluster-note-rre-mixed = 随机路由的专家需要传输 { $share }：每个任务的专家在同一台设备上，但它的文本分布在所有设备上。
cluster-note-rre-by-task = 随机路由的专家只需传输 { $share }：每个任务的文本和专家都在同一台设备上。
cluster-note-measured = { $n } 个进程发送了 { $vectors } 个向量，{ $counted ->
    [yes] 与计数完全一致
   *[no] 与计数不一致
}；输出和梯度与单个进程最多相差 { $difference }，只是舍入误差。
cluster-note-paper = 按推算，{ $many } 台设备中的每一台发送的数据是 { $few } 台时的 { $bytes } 倍，但要发给数千台设备：这时传输所用的时间是计算的 { $seconds } 倍。
