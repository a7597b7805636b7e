# 门控实验。

study-gates = 门控，以及会塌缩的路由器
    .summary = 三个小模型从同样的起点学习：一个不作均衡，一个加辅助损失，一个用偏置来分摊专家的工作。随后九种门控并排路由同样的词元，并逐步走一遍 GShard 的专家层。
setting-gates-text = 文字
    .help = 每个字节就是一个词元；只显示前 40 个。
setting-gates-experts = 专家数
    .help = 专家层里的专家数量。
setting-gates-k = 每个词元的专家数
    .help = 并排比较时，用于数目可选的门控。
setting-gates-capacity = 容量因子
    .help = 对有容量限制的门控，一个专家最多接收平均份额的多少倍。
setting-gates-steps = 步数
    .help = 三个模型各训练多少步。
setting-gates-trained-k = 训练时每个词元的专家数
    .help = 像 Switch 那样只选一个时，强者愈强来得最快。
setting-gates-coefficient = 辅助损失的权重
    .help = 用于带辅助损失的模型。论文取 0.01。
setting-gates-bias-rate = 偏置的步长
    .help = 每训练一步移动多少。论文取 0.001，但步数多得多。
setting-gates-router-rate = 路由器的学习率
    .help = 是其他权重学习率的多少倍。这里取 1 时几乎没有专家饿死，取 10 时多数种子下会饿死好几个。
setting-gates-seed = 随机种子
    .help = 换一个种子，初始权重和题目都会不同。

gates-text-cut = 只显示 { $bytes } 个字节中的前 { $shown } 个
    .hint = 缩短文字即可完整显示
gates-diverged = 小模型的损失已不是有限的数
    .hint = 请调小路由器的学习率

# 学习过程
gates-learning = 路由器怎样饿死自己的专家
gates-learning-note = 三个模型从相同的权重出发，读同样的题目，区别只在于用什么来分摊专家的工作。每条色带是一个专家分到的词元比例：色带收窄到消失，就是这个专家无事可做了。
gates-step = 第 { $step } 步，共 { $steps } 步；用 { $held } 个从不参与学习的字节来衡量。
gates-how = 每个词元交给 { $all } 个专家中的 { $k } 个；路由器的学习率是其他权重的 { $rate } 倍。
gates-rule-none = 不作均衡
    .help = 只从文字本身的损失学习。
gates-rule-balance = 辅助损失
    .help = 像 GShard 和 Switch 那样，另加 { $coefficient } · E · Σ f·P。
gates-rule-bias = 偏置，无辅助损失
    .help = 每一步，每个专家的偏置移动 { $rate }：读得太少就升，读得太多就降。
gates-bands = { $rule }：到第 { $step } 步为止 { $all } 个专家的份额。最忙的读 { $share }，{ $silent } 个什么也没读。
gates-run-figures = { $all } 个专家中 { $silent } 个闲置 · 最忙的读 { $share } · 每字节 { $nats } 奈特
gates-nats = 每字节奈特数
gates-nats-picture = 到第 { $step } 步为止的每字节奈特数：不作均衡 { $none }，辅助损失 { $balance }，偏置 { $bias }
gates-nats-above = 图中没有画出高于 { $high } 的部分，都在第 { $n } 步之前；数据表中有。
gates-silent = 闲置专家
gates-silent-picture = 到第 { $step } 步为止的闲置专家数：不作均衡 { $none }，辅助损失 { $balance }，偏置 { $bias }
gates-steps-axis = 第 { $n } 步
gates-learning-table = 三个模型的数据表
gates-head-rule = 分摊方式
gates-head-step = 步
gates-head-nats = 每字节奈特数
gates-head-silent = 闲置专家
gates-head-busiest = 最忙的
gates-head-entropy = 熵
gates-head-balance = E·Σ f·P
gates-head-z = z

# 并排比较
gates-beside = 同样的词元，九种门控
gates-beside-note = 每种门控拿到的都是同一个路由器的未归一化分数。填色的格子表示某个专家（行）读某个词元（列），颜色越深权重越大；× 表示想选的专家已满；红色字母是没有专家读的词元。条形是专家读的词元数，虚线是它的容量。
gates-router = 用哪个路由器的分数
gates-router-start = 训练之前
gates-tokens = 选一个词元，看谁读它
gates-token = { $n }：{ $token }
gates-gate-top-k = Top-k
    .help = 取最大的 k 个分数，按它们的 softmax 分配（Mixtral）。
gates-gate-noisy-top-k = 带噪 top-k
    .help = 先加噪声，再取最大的 k 个（Shazeer 等）。
gates-gate-gshard = GShard
    .help = 最好的一个，再按概率加第二个，受容量限制。
gates-gate-switch = Switch
    .help = 只取最好的一个，受容量限制。
gates-gate-glam = GLaM
    .help = 最好的两个，受容量限制。
gates-gate-expert-choice = 专家选词元
    .help = 由专家来挑词元，人人数量相同。
gates-gate-fine-grained = DeepSeekMoE
    .help = 一个共享专家（S）读全部，另按 softmax 选 k 个。
gates-gate-bias-balanced = 偏置均衡
    .help = 每个分数加一个在其他文字上调好的偏置，只影响选择。
gates-gate-random-routed = 随机路由（PanGu-Σ）
    .help = 每种字节的专家一次抽签定下，不看分数。
gates-panel = { $gate }：{ $tokens } 个词元共被读 { $pairs } 次，因专家已满丢弃 { $full } 次，{ $unread } 个词元没有专家读
gates-reads = “{ $token }” → { $experts }。
gates-reads-none = “{ $token }”没有专家读。
gates-reads-full = 已满：{ $experts }。
gates-reader = { $expert }（{ $weight }）
gates-shared = S
gates-nobody = 无
gates-no-room = 无
gates-even = 负载有多均匀，各种损失怎么说
gates-even-note = 如果 { $all } 个专家用得一样多，熵为 { $most }，变异系数为 0，峰值为 1，均衡为 1。共享专家不计入。
gates-head-gate = 门控
gates-head-room = 容量
gates-head-full = 丢弃
gates-head-unread = 无人读
gates-head-cv = 变异系数
gates-head-peak = 峰值
gates-head-losses = 辅助损失
gates-head-token = 词元
gates-loss = { $name } { $value }，加入 { $weighted }
gates-loss-importance = 重要性
gates-loss-load = 负载
gates-loss-balance = 均衡
gates-z = z 损失
gates-z-of = （与门控无关，只看这些分数）：{ $value }，加入 { $weighted }。
gates-readings = 每个词元由谁读（表格）

# 逐步演示
gates-steps = 逐个 einsum 走一遍 GShard 的专家层
gates-steps-note = 让最前面几个词元通过一个小到能完整画出的层，权重是随机的。紫色大于 0，棕色小于 0。用按钮或方向键前后走动。
gates-letters = S：{ $s } 个词元。E：{ $e } 个专家。C：每个专家的缓冲区有 { $c } 个位置。M：词元向量有 { $m } 个数。H：专家有 { $h } 个隐藏单元。
gates-steps-back = 上一步
gates-steps-on = 下一步
gates-steps-of = 第 { $n } 步，共 { $all } 步：{ $name }
gates-steps-table = 这一步的数值
gates-summed = 对 { $axes } 求和。
gates-einsum-gates = 门控
    .help = 每个词元的向量与路由器中每个专家的一列相乘。对结果取 softmax，就是这个词元的门控值，每行之和为 1。
gates-einsum-mask = 派发掩码
    .help = 先由首选排队，再由次选排队。还能排进专家 { $places } 个位置的，就在那里得到权重；{ $full ->
        [0] 这里全都排得进
       *[other] 有 { $full } 个选择没有位置，被丢弃
    }。有权重的地方掩码为 1。
gates-einsum-dispatch = 派发
    .help = 掩码把每个词元的向量复制到它的位置。空位置仍是 0，但照样参与计算。
gates-einsum-up = 进入专家
    .help = 每个专家用自己的第一个矩阵乘自己的缓冲区，再用 ReLU 只留下大于 0 的部分。
gates-einsum-down = 离开专家
    .help = 每个专家的第二个矩阵把结果变回与词元同宽的向量。
gates-einsum-combine = 合并
    .help = 每个词元收回各专家的结果，乘上自己的权重。处处被丢弃的词元得到 0，只靠层外的残差继续往下走。
gates-expert = E { $n }
gates-tensor = { $name }，{ $shape }
gates-tensor-shape = { $axes } = { $sizes }
gates-tensor-x = 词元
gates-tensor-router = 路由器
gates-tensor-gates = 门控值
gates-tensor-weights = 合并权重
gates-tensor-mask = 派发掩码
gates-tensor-sent = 缓冲区
gates-tensor-up = 第一个矩阵
gates-tensor-hidden = 隐藏单元
gates-tensor-down = 第二个矩阵
gates-tensor-made = 专家的输出
gates-tensor-out = 输出
gates-row = { $axis } { $n }
gates-row-of = E { $expert }，{ $axis } { $n }
gates-places = 缓冲区中的位置
gates-place-none = 没有空位
gates-head-row = 行
gates-head-expert = 专家
gates-head-place = 位置
gates-head-weight = 权重

# 值得留意
gates-note-start = 还什么都没有学：三个路由器完全相同。运行一下，看它们各自变成什么样。
gates-note-collapse = 不作均衡时，{ $step } 步之后 { $all } 个专家中有 { $silent } 个什么也读不到，最忙的读 { $share }。被选中的才能学习，学得越多又越常被选中。
gates-note-uneven = 不作均衡时，{ $step } 步之后 { $all } 个专家中最忙的读 { $share }，但每个都还读到一些：有偏爱，还不是塌缩。
gates-note-even = 不作均衡时，{ $step } 步之后没有哪个专家特别突出：{ $all } 个中最忙的读 { $share }。在这些设置下，均衡是自己形成的。
gates-note-balance = 加上辅助损失，{ $silent ->
    [0] { $all } 个专家都用上了
   *[other] { $all } 个专家中有 { $silent } 个闲置
}；最忙的读 { $share }。
gates-note-bias = 只用偏置、不加损失，{ $silent ->
    [0] { $all } 个专家都用上了
   *[other] { $all } 个专家中有 { $silent } 个闲置
}；最忙的读 { $share }。
gates-note-better = 带辅助损失的模型预测得也更好：每字节 { $balance } 奈特，不作均衡为 { $none }。各只运行一次，换种子可能不同。
gates-note-worse = 在这里，用得均匀并没有让模型更好：带辅助损失每字节 { $balance } 奈特，不作均衡为 { $none }。各只运行一次，换种子可能不同。
gates-note-alike = 两个模型预测的好坏相差无几：带辅助损失每字节 { $balance } 奈特，不作均衡为 { $none }。
gates-note-wasted = 闲置的专家是付了代价却没有用上的容量。
gates-note-drops = 按 Switch 的容量，用没有任何约束的路由器时，{ $tokens } 个词元中有 { $none } 个没有专家读；用带损失训练的路由器时为 { $balance } 个。
gates-note-choice = 不管路由器怎么打分，专家选词元总是均匀的；代价是 { $tokens } 个词元中有 { $left } 个没有专家要。
