# 逐词元写出的文字：每一步、任意一步的细节，以及全程的走势。

tokens-strip = 答案的词元
tokens-empty = 词元会显示在这里。
tokens-members = 成员
tokens-key-weight = 百分比：权重
tokens-key-decided = 下划线：由谁决定（灰色：共同）
tokens-key-unsure = 圆点：第一个成员没把握，于是合并
tokens-key-uncertain = 菱形：若知道全部概率，选中的可能是别的词元
tokens-key-supported = 圆圈：有成员未计入
tokens-key-fused = 融合概率
tokens-key-alone = 概率
tokens-finished = 答案共有 { $n } 个词元。

# 在各步之间移动
tokens-controls = 逐步查看
tokens-back = 上一步
    .title = 后退一步（←）
tokens-next = 下一步
    .title = 前进一步（→）
tokens-play = 播放
    .title = 逐步播放（空格键）
tokens-pause = 暂停
    .title = 暂停（空格键）
tokens-follow = 跟随最新词元
    .title = 每出现一个新词元就显示它
tokens-place = 第 { $step } 步，共 { $steps } 步

# 一步
tokens-step = 第 { $step } 步
tokens-described = 第 { $step } 步：“{ $token }”，p { $p }
tokens-described-by = 第 { $step } 步：“{ $token }”，p { $p }，由 { $name } 决定
tokens-described-end = { $token }（结束）
tokens-acted = 已合并
tokens-not-acted = 由一个成员单独决定
tokens-left-out = 未计入：{ $names }
tokens-certain-true = 已确定，与未给出的概率无关
tokens-certain-false = 不能确定：给出的概率太少
tokens-coverage = 已给出 { $share } 的概率
tokens-fact-decided-by = 由谁决定
tokens-fact-entropy = 熵
tokens-fact-divergence = 分歧
tokens-nobody = 没有谁单独决定
tokens-wanted = 各成员想写什么
tokens-wanted-about = 每个成员认为最可能的词元，以及它自己给出的概率。
tokens-weighed = 融合的结果
tokens-weighed-alone = 模型考虑了哪些词元
tokens-explain-stacked = 每个条形是候选词元的融合概率；每段颜色是一个成员的“权重 × 概率”。
tokens-explain-grouped = 最上面的条是候选词元的融合概率，下面是各成员给它的概率。
tokens-explain-turns = 成员轮流书写：最上面的条是当前书写者给出的概率，下面是各成员会给的概率。
tokens-explain-drawn = 先按权重抽出一个成员，再只按它的概率抽出词元。词元多了，效果就等于取平均。
tokens-explain-gate = 第一个成员在这一步有把握，单独写下了词元，没有询问别的成员。
tokens-explain-alone = 条形表示模型认为下一个词元是它的概率。
tokens-scale = 条形满格为 p = { $p }。
tokens-chosen = 选中的词元
tokens-part = { $name }：{ $weight } × { $p }
tokens-part-own = { $name }：{ $p }
tokens-part-fused = 融合：{ $p }
tokens-part-unlisted = 未列出：{ $p }
tokens-not-asked = 这一步没有询问它。
tokens-want-chosen = 选中词元 { $p }
tokens-want-entropy = 熵 { $n } 奈特
tokens-want-rest = 其余合计 { $share }

# 表格
tokens-table = 这一步的数据表
tokens-caption-candidates = 第 { $step } 步：各候选词元的概率
tokens-caption-wanted = 第 { $step } 步：各成员想写什么
tokens-caption-members = 第 { $step } 步：各成员
tokens-head-step = 步
tokens-head-token = 词元
tokens-head-p = p
tokens-head-entropy = 熵（奈特）
tokens-head-divergence = 分歧（奈特）
tokens-head-candidate = 候选词元
tokens-head-fused = 融合
tokens-head-member = 成员
tokens-head-weight = 权重
tokens-head-chosen = 选中的词元
tokens-head-rest = 其余合计

# 全程走势
course-title = 逐个词元看，把握如何变化
course-most = 成员给出的概率相差最大的是{ $step }，相差 { $nats } 奈特。
course-least = 最没把握的是{ $step }，熵为 { $nats } 奈特。
course-step = 第 { $step } 步（“{ $token }”）
course-entropy = 什么是熵？
course-divergence = 什么是分歧？
course-entropy-axis = 下一个词元的熵（奈特）
    .short = 熵（奈特）
course-divergence-axis = 成员之间的分歧（Jensen–Shannon 散度，奈特）
    .short = 分歧（奈特）
course-steps-axis = 步
course-slider = 全程的把握；可选择一步
course-line = 第 { $step } 步 · “{ $token }” · 熵 { $entropy } · 分歧 { $divergence } 奈特
course-line-alone = 第 { $step } 步 · “{ $token }” · 熵 { $entropy } 奈特
course-table = 全程数据表
course-caption = 逐步的熵与分歧
course-caption-alone = 逐步的熵
