# 经过专家的文字：哪个专家读哪个词元，工作如何分摊。

experts-title = 哪个专家读哪个词元
experts-empty = 词元及其专家会显示在这里。
experts-layers = 按哪一层着色
experts-follow = 跟随最新词元
experts-thinned = 这次运行太大，无法显示每一次选择：{ $of } 个词元中只显示 { $n } 个的专家。下面的数据统计了全部词元。
experts-about-several = 词元的颜色和编号代表权重最大的专家：第 { $layer } 层把每个词元交给 { $experts } 个专家中的 { $active } 个。
experts-about-one = 词元的颜色和编号代表处理它的专家：第 { $layer } 层从 { $experts } 个专家中选出一个。
experts-about-served = 词元的颜色和编号取自服务器在第 { $layer } 层列出的 { $active } 个专家中的第一个。各专家的权重，以及这里没有出现的专家还有多少，服务器都没有说明。
experts-about-dense = 第 { $layers } 层是稠密层：每个词元都经过整层。
experts-about-spot = 现在只突出第 { $layer } 层专家 { $spot } 读到的词元；再点一次它的格子即可恢复。
experts-about-shared = 另有 { $n } 个共享专家读每一个词元。
experts-strip = “{ $prompt }”的词元
experts-strip-of = { $letter } 的词元：{ $prompt }
experts-prompt = { $plain ->
    [true] { $letter ->
        [A] A：有干预
       *[other] { $letter }：无干预
    }
   *[false] 提示 { $letter }
}
experts-answer = 答案
experts-given = 给定的开头
experts-token = { $of ->
    [none] 第 { $position } 个词元
   *[other] { $of } 的第 { $position } 个词元
}：“{ $token }”
experts-described = { $of ->
    [none] 第 { $position } 个词元
   *[other] { $of } 的第 { $position } 个词元
}：“{ $token }”，第 { $layer } 层：专家 { $experts }
experts-described-end = { $token }（结束）
experts-finished = 共读入 { $n } 个词元。

# 一个词元
experts-token-title = { $of ->
    [none] 第 { $position } 个词元
   *[other] { $of } 的第 { $position } 个词元
}
experts-in-prompt = 在提示中
experts-in-answer = 在答案中
experts-in-given = 在答案中，是给定的，不是模型写的
experts-gate = 门控
experts-token-about = 给选中的专家分配权重；满格为 1。选择一层，就按这一层给文字着色。
experts-token-untold = 服务器说明了选择哪些专家，但没有说明各占多少权重。选择一层，文字就按这一层着色。
experts-layer = 第 { $layer } 层
experts-weight = 专家 { $expert }：权重 { $p }
experts-token-table = 这个词元的数据表
experts-token-caption = { $of ->
    [none] 第 { $position } 个词元：各层的专家
   *[other] { $of } 的第 { $position } 个词元：各层的专家
}
experts-head-layer = 层
experts-head-expert = 专家
experts-head-weight = 权重
experts-head-router = 路由器的概率
experts-head-prompt = 提示
experts-head-tokens = 词元数
experts-head-busiest = 最忙
experts-head-idle = 闲置
experts-head-entropy = 熵
experts-head-most = ln E
experts-head-cv = 变异系数
experts-head-peak = 峰值
experts-head-balance = E·Σ f·P
experts-head-apart = A ≠ B

# 负载
load-title = 哪些专家在干活
load-term = 负载：
load-about = 每一格是该专家到目前为止在本层所有选择中占的百分比；带框的是当前词元的专家。点一格，就能看到这个专家读了哪些词元。
load-share = 选择占比
load-apart = A − B
load-grid = { $name }：层 × 专家
load-only = 仅 { $letter } { $share }
load-cell = 第 { $layer } 层，专家 { $expert }：{ $share }
load-banned = （已禁用）
load-forced = （强制使用）
load-swapped = （与专家 { $other } 互换）
load-key-banned = 已禁用
load-key-forced = 强制使用
load-key-swapped = 已互换
load-dense = { $n ->
    [1] 稠密层：没有专家
   *[other] { $n } 个稠密层：没有专家
}
steer-ban = 下次运行时禁用第 { $layer } 层的专家 { $expert }
steer-keep = 重新允许第 { $layer } 层的专家 { $expert }
steer-next = 下次运行的规则：{ $rules }
load-all = 所有词元恢复正常显示。
load-reads = 第 { $layer } 层的专家 { $expert } 读了 { $tokens } 个词元中的 { $read } 个。
load-differ = 两段文字在第 { $most } 层差别最大，有 { $share } 的选择落在不同的专家上；在第 { $least } 层差别最小，为 { $other }。
load-even = 各层把词元分得有多均匀
load-entropy = 熵：
load-even-about = 完全均匀时等于 ln E，同时变异系数为 0，峰值为 1，E·Σ f·P 为 1。E 是专家数，f 是各专家的占比，P 是路由器给出的平均概率；变异系数是占比的标准差与平均值之比，峰值是最忙的专家的占比与平均值之比。
load-caption = 各层的负载
load-table = 各专家被选次数的数据表
load-choices = { $of ->
    [none] 各专家被选中的次数
   *[other] 各专家被选中的次数，提示 { $of }
}

# 同一提示下的两个混合专家模型
mixtures-title = 两个模型把专家用得多均匀
mixtures-empty = 第二个模型在第一个之后作答。
mixtures-about = 条满表示用得均匀：一层选择的熵达到最大，E 个专家时为 ln E。层从各模型第一个有专家的层数起。
mixtures-alike = 两个模型把提示切成同样的 { $n } 个词元，可以逐个词元比较。
mixtures-unlike = 两者的分词器不同：{ $one } 把提示切成 { $n } 个词元，{ $other } 切成 { $m } 个。请比较层，不要比较单个词元。
mixtures-bar = { $name }，第 { $layer } 层：熵为最大值的 { $share }
mixtures-unknown = { $name }，第 { $layer } 层：专家总数未知
mixtures-picture = 各层用得多均匀：{ $one } 与 { $other }
mixtures-table = 两个模型各层的数据表
mixtures-head-nth = 序号
mixtures-head-model = 模型
mixtures-head-layer = 层
mixtures-head-experts = 专家数
mixtures-head-even = 均匀度
mixtures-head-busiest = 最忙
mixtures-head-idle = 闲置

# 各层与词元
layermap-title = 各层一览
layermap-about = 每列是一个词元，每行是一层；颜色和编号代表该词元在这一层中权重最大的专家。点选一格即选中对应的词元和层。
layermap-grid = { $letter ->
    [none] 各层与词元
   *[other] 文本 { $letter } 的各层与词元
}
layermap-earlier = ‹ 前面
layermap-later = 后面 ›
layermap-where = 第 { $first }–{ $last } 个词元，共 { $of } 个
