# 对新模型的检查结果，以图呈现。

proof-new-model = 新模型
proof-as-table = 以表格查看数值
proof-reading = 对文本有多熟悉
proof-reading-note = { $kind ->
    [zoo] 在 zoo 各任务的留出题上，每字节的奈特数
   *[prose] 在一段中英文短文上，每字节的奈特数
}：越小说明越熟悉这段文本。横线是按文本各段估计的 95% 区间。难的段落对谁都难，所以差值比各自的数值更可靠。
proof-gap = 新模型比它 { $gap } [{ $low }, { $high }]
proof-kl = 每词元 KL { $kl }
proof-head-model = 模型
proof-head-nats = 每字节奈特数
proof-head-low = 95% 下限
proof-head-high = 上限
proof-head-gap = 新模型与它之差
proof-head-kl = KL（奈特/词元）
proof-suites = 构建前后的题集成绩
proof-suites-note = 新模型和各来源答对的比例，附 95% 区间。
proof-right = { $of } 题答对 { $n } 题
proof-map = 权重变化了多少
proof-map-note = 按层和张量种类列出 ‖Δ‖ ÷ ‖θ‖（百分比）：颜色越浓，离这个来源越远。各来源共用同一刻度。
proof-map-unmeasured = 无法测量：新权重或某个来源的权重含有 NaN 或无穷大，或者某个来源的权重全为零。
proof-map-still = 每个权重都与它所复制的那一层相同。
proof-map-of = 与 { $parent } 的距离
proof-parent = 与哪个来源比较
proof-layer = 层
proof-kind = 种类
proof-outside = 层外
proof-no-share = 无数值
proof-cell = { $kind }，第 { $layer } 层：与 { $of ->
    [same] { $parent }
   *[other] { $parent } 的第 { $of } 层
}相距 { $moved }
proof-cell-outside = { $kind }，层外：与 { $parent } 相距 { $moved }
proof-accord = 各来源是否一致
proof-accord-note = 每个来源学到的东西，就是它与 { $base } 的差。在几个来源都改动过的数值中，有 { $share } 被一方调大、被另一方调小。
proof-cosines = 所学方向的余弦
proof-cosine = { $a } 与 { $b }：余弦 { $cosine }
proof-conflicts = 符号相反
proof-conflict = { $a } 与 { $b }：双方都改动的数值中有 { $share } 符号相反
proof-head-pair = 来源
proof-head-cosine = 余弦
proof-head-conflicts = 符号相反
proof-kind-embed = 嵌入
proof-kind-q = 查询 q
proof-kind-k = 键 k
proof-kind-v = 值 v
proof-kind-o = 输出 o
proof-kind-attention = 注意力
proof-kind-gate = 门 gate
proof-kind-up = 升维 up
proof-kind-down = 降维 down
proof-kind-mlp = MLP
proof-kind-router = 路由
proof-kind-norm = 归一化
proof-kind-head = 输出头
proof-kind-other = 其他
