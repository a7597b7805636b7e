# 方法、方法的设置和各个选项的名称。名称里 a-z 和 0-9 以外的字符都写成连字符。
# 同名设置在某个方法里含义不同时，用该方法自己的 setting-方法-名称。

## 标签页

family-start = 首页
    .summary = 这是什么，模型可以在哪里融合。
family-tokens = 词元
    .summary = 几个模型合写一段文字：写每个词元之前，由一条规则把各自的预期合在一起。
family-answers = 答案
    .summary = 每个模型写出完整的答案，由投票、评审或路由决定采用哪一份。
family-conversation = 对话
    .summary = 模型读别人写的话，或者读自己写的话，然后重新作答。
family-inside = 内部
    .summary = 一个模型里有许多专家，由门控把每个词元交给其中几位。
family-build = 构建
    .summary = 用已有的模型构建新模型：嫁接层、合并权重，得到的模型与其他模型一样使用。
family-compare = 对比
    .summary = 同一个问题，几种方法：把答案和开销并排来看。
family-measure = 测量
    .summary = 把一整套题目交给几种方法：各自答对多少，又花了多少？

## 方法

method-solo = 单个模型
    .summary = 一个模型独自回答：这是衡量一切融合的基线。
method-ensemble = 词元集成
    .summary = 写每个词元之前，先合并各成员的概率，选出的词元由大家共同接着往下写。
method-unite = 跨服务器集成（UniTE）
    .summary = 每写一个词元之前，各成员只给出自己最可能的几个，再合并它们：服务器上的模型也能参加，词表不同也无妨。
method-contrastive = 对比解码
    .summary = 写每个词元之前，比较第一个成员（专家）与第二个成员（业余者），选两者差别所在的词元。
method-proxy-tuning = 代理调优
    .summary = 写每个词元之前，按第二个成员（专家）与第三个成员的差别，调整第一个成员（基座）的分布。
method-alternate = 轮流书写
    .summary = 成员轮流写同一段文字，每人写几个词元，都能读到别人写的内容。
method-vote = 投票
    .summary = 大家各自作答，与其他回答最相似的那一份当选。
method-self-consistency = 自洽性
    .summary = 一个模型回答几遍，取出现最多的答案。
method-judge = 评审
    .summary = 最后一个成员阅读其他成员的回答，从中选出最好的。
method-member-routing = 模型间路由
    .summary = 只让专长与提示最接近的那个成员回答。
method-cascade = 级联
    .summary = 先让第一个成员回答几遍；这些答案不一致时，才去问下一个。
method-debate = 辩论
    .summary = 成员互相阅读解答并修改自己的，直到意见一致。
method-multi-agent-debate = 多智能体辩论
    .summary = 每个成员各有自己的对话，听过别人的上一条回复后再次作答，最后投票。
method-mixture-of-agents = 智能体混合
    .summary = 成员一层一层地提出回答，最后一个成员据此写出一份答案。
method-self-refine = 自我修订
    .summary = 一个模型批评并修改自己的回答，直到挑不出毛病。
method-chain-of-thought = 思维链
    .summary = 一个模型先一步一步地想，再作答。
method-moe = 混合专家
    .summary = 一个内部有许多专家的模型来回答，可以看到它为每个词元选了哪些专家。

## 采样

setting-max-tokens = 回答长度上限
    .help = 以词元计。回答被截断时请调高；越短越快。
setting-temperature = 温度
    .help = 0 表示总取最可能的词元，越高变化越多。需要比较同一模型多个回答的方法，要用 0.7 这样的温度。
setting-top-k = top-k
    .help = 只在最可能的若干个词元里抽取；0 表示不限制。
setting-top-p = top-p
    .help = 只在合计达到这个概率的最可能词元里抽取；1 表示不限制。
setting-seed = 随机种子
    .help = 种子相同，结果就相同；换一个种子就重新抽取。

## 多个方法共有的设置

setting-answer = 答案类型
    .help = 比较回答时，什么算作答案。请按题目的要求选择。
choice-answer-exact = 原文
    .help = 整段文字逐字比较。
choice-answer-number = 数
    .help = 文字最后得出的数；42 与 42.0 相同。
choice-answer-choice = 选项
    .help = 一个字母，例如 (A)。
choice-answer-yes-no = 是或否
    .help = 文字说的是“是”还是“否”。
choice-answer-text = 一行文字
    .help = 一行文字，按词比较，不计大小写和标点。

setting-phrase = 答案前的话
    .help = 答案前面的话，例如“The answer is”。不填时，取文中最后一个这种类型的答案。
setting-truth = 正确答案
    .help = 如果知道，就用它来标出每个答案的对错。模型都读不到它。
setting-samples = 每个成员的回答数
    .help = 每个成员回答几遍。温度大于 0 时，多于一遍才有意义。
setting-on-failure = 有成员出错时
    .help = 缺了它是否继续。每个成员都不可少时，请选择停止。
choice-on-failure-go-on = 少了它也继续
choice-on-failure-stop = 停止运行
setting-n-top = 显示的候选数
    .help = 每一步在图中显示每个成员最可能的几个词元。不影响写出的文字。

## 词元集成与轮流书写

setting-pooling = 合并方式
    .help = 写每个词元之前，把各成员的分布合成一个分布的规则。
choice-pooling-arithmetic = 平均
    .help = 概率的加权平均：一个有把握的成员就能让词元入选。
choice-pooling-geometric = 乘积
    .help = 概率的加权乘积：词元需要所有成员支持。
choice-pooling-maximum = 最大值
    .help = 每个词元按最看好它的成员给出的概率计算。权重的大小不起作用，权重为 0 的成员除外：它不参与。
choice-pooling-minimum = 最小值
    .help = 每个词元按最不看好它的成员给出的概率计算。权重的大小不起作用，权重为 0 的成员除外：它不参与。
choice-pooling-majority = 多数
    .help = 每个成员投票给自己认为最可能的词元，由投给胜出者的成员取平均来决定。
choice-pooling-drawn = 抽签
    .help = 写每个词元之前按权重抽出一个成员，由它给出词元。温度为 1 时就等于取平均，而每次只有一个成员在计算。
setting-alignment = 不同的词表
    .help = 分词方式不同的成员之间如何对应。选定的内容，每个成员都用自己的词元去读。
choice-alignment-auto = 自动
    .help = 词表相同时按同一个词表处理；否则把各自最可能的词元放在一起。
choice-alignment-shared = 同一词表
    .help = 词表不同的成员会被拒绝。
choice-alignment-exact = 相同的词元
    .help = 用第一个成员的词元书写。其他成员只有字节相同的词元才计入。
choice-alignment-mined = 最接近的词元
    .help = 用第一个成员的词元书写。第一个成员没有的词元，按编辑距离最小的那个计入。
choice-alignment-union = 最可能的词元合在一起
    .help = 把每个成员最可能的十个词元放在一起。成员没有某个词元时，用它书写该词元时的第一个词元的概率代替。（UniTE）
choice-alignment-gac = 所有词元合在一起
    .help = 词表包含任何成员拥有的全部词元。没有某个词元的成员不支持它。（GaC）
choice-alignment-relative = 相近的词元
    .help = 每个成员想要什么，用它的词元与共有词元有多近来表示；再把第一个成员自己的分布往大家想要的方向移动。（DeePEn）
choice-alignment-bytes = 逐字节
    .help = 不管词元怎样划分，每个成员都给出下一个字节的概率。精确但慢；词元上限按字节计算。
setting-search-rate = 搜索的步长
    .help = 搜索每一步把第一个成员的 logits 移动多远，单位是奈特。一共五步，所以步长小时结果离第一个成员的意愿不远。
setting-act = 何时合并
    .help = 每个词元都合并，可能会损害长答案。也可以只在有望改善的地方合并。
choice-act-always = 始终
    .help = 写每个词元之前都合并。
choice-act-unsure = 第一个成员没把握时
    .help = 第一个成员有把握时单独书写；没把握时，其他成员才参与计算。
choice-act-disputed = 第一个成员有争议时
    .help = 同上，而且只在合并后可能选出另一个词元时才合并（SAFE）：所有成员的首选相同，或这个词元的平均概率超过一半，就不合并。
choice-act-supported = 须有支持
    .help = 某一步上，如果一个成员的首选词元在其他成员那里都不靠前，这一步就不计入它。
setting-ensemble-threshold = 有把握的界限
    .help = 第一个成员的首选词元概率不低于此值时，就由它单独书写。设为 0 时始终由它单独书写。
setting-support-top-k = 靠前的范围
    .help = 一个成员的首选词元，至少要排进另一个成员最可能的这么多个词元里。
setting-weighting = 权重依据
    .help = 成员的权重可以再乘上它对提示词的理解程度，或它对这一步的把握，然后缩放到总和为 1。
choice-weighting-fixed = 按设定
    .help = 每一步都一样。
choice-weighting-prompt = 提示词
    .help = 提示词越不让一个成员意外，它的分量就越重；意外程度以每字节奈特数衡量。每一步都一样。
choice-weighting-optimised = 提示词，合起来
    .help = 逐步找出权重，使合并后的分布最能预测提示词；没有帮助的成员权重为 0。每一步都一样。
choice-weighting-entropy = 熵
    .help = 每一步上，一个成员的分布熵越低，它的分量就越重。
choice-weighting-confidence = 把握
    .help = 每一步上，一个成员的分量取决于它首选词元的概率。
setting-tau = 权重的温度
    .help = 值很小时，几乎只剩最好的成员。
setting-alpha = 合理的界限
    .help = 概率低于专家最大概率的这一比例的词元不予考虑，以免胡话靠对比胜出。1 只留下专家的首选。
setting-amateur-temperature = 业余者的温度
    .help = 小于 1 时，把业余者当作比实际更有把握，它偏爱的词元就更受回避。
setting-strength = 强度
    .help = 把基座移动多远。0 就是基座本身。
setting-turn = 每次写几个词元
    .help = 一个成员写多少个词元后轮到下一个。设为 1 时，各种声音混合得最细。

## 跨服务器集成

setting-unite-top-k = 每个成员给出的词元数
    .help = 每个成员给出多少个最可能的词元。给得越多，选择越常是确定的；vLLM 和 SGLang 通常最多给 20 个，普通补全接口 5 个。
setting-scores = 精确分数
    .help = 是否再问成员：只有别人给出的词元，它认为概率是多少。
choice-scores-always = 总是
    .help = 每一步都问：每个服务器多一次请求。
choice-scores-needed = 有影响时
    .help = 只在可能改变选择时才问。写出的文字不变。
choice-scores-never = 从不
    .help = 成员没有给出的概率算作零。
setting-ahead = 预读
    .help = 服务器一次给出多少个词元，仿佛每次选中的都是它自己最可能的那个。成员意见一致时，就不必再问。写出的文字不变。
setting-patience = 等待秒数
    .help = 服务器一步用时更长，就不计入，或者停止运行。
setting-rejoin = 多久后再问
    .help = 出错的成员在多少个词元之后再次被询问；每再出错一次，间隔加倍。0 表示不再询问。
setting-floor = 乘积的下限
    .help = 概率相乘时有效：用它代替成员没有给出的概率。0 表示禁止这个词元。

## 投票

setting-metric = 怎样算相似
    .help = 用什么比较两个回答。各种结果都会显示，由选中的这一种决定当选者。
choice-metric-rouge-l = 词序
    .help = 两个回答里按相同顺序出现的词（ROUGE-L）。
choice-metric-char-lcs = 字符序
    .help = 两个回答里按相同顺序出现的字符，适合中文和短答案。
choice-metric-cosine = 语义
    .help = 由一个为英语训练的小型嵌入模型比较。
choice-metric-mixture = 混合
    .help = 其他几种的加权平均，权重在下面设置。
setting-mixture = 混合的权重
    .help = 只用于“混合”：每种相似度占多少，例如 rouge_l=1, cosine=2。
setting-rule = 怎样由相似度选举
    .help = “最有代表性”适合自由文字，“多数”适合可以计数的短答案。
choice-rule-mbr = 最有代表性
    .help = 平均而言与其他回答最相似的一份（最小贝叶斯风险）。
choice-rule-majority = 多数
    .help = 加权得票最多的答案，不论是否过半。
choice-rule-borda = 计分
    .help = 每份回答按相似度给其他回答排名，名次换算成分数（波达计数）。
choice-rule-condorcet = 两两对决
    .help = 在两两比较中胜过其他所有回答的一份（孔多塞）。
choice-rule-ranked-pairs = 先定悬殊的胜负
    .help = 两两对决的结果逐一锁定，差距最大的先定（排序对法）。
choice-rule-clusters = 最大的一组
    .help = 意思相近的回答中分量最重的一组，取其中最有代表性的。
setting-weights = 每票的分量
    .help = 按成员的权重、一律相同，还是按模型的把握大小。
choice-weights-member = 成员的权重
choice-weights-uniform = 一律相同
choice-weights-logprob = 模型的把握
    .help = 按各词元对数概率的平均值。模型须能给出它。
setting-candidates = 别处的回答
    .help = 粘贴一些回答一同参选。有两份以上时，不需要模型。
setting-duplicates = 相同的回答
    .help = 同一个回答出现三次，是否算三次。
choice-duplicates-count = 逐个计算
choice-duplicates-merge = 只算一次
setting-own-ballot = 计入自己的一票
    .help = 回答与自身的相似是否也算。权重相同时，当选者不变。
setting-meanings = 同时显示语义
    .help = 即使不由语义决定，也显示各回答的语义相似度。会稍慢一些。

## 自洽性、评审、路由、级联

setting-self-consistency-samples = 回答数
    .help = 模型回答几遍。越多，多数越稳定，开销也成比例增加。
setting-orders = 顺序数
    .help = 问评审几次。设为 2 时，还会把回答倒过来给它看，以抵消它对先后位置的偏好。
setting-strengths = 专长
    .help = 每个成员擅长什么，或者适合它的提示示例，按成员的顺序填写。不填时以它的指令为准。
setting-by = 比较什么
    .help = 用什么比较提示与专长。算式、自编任务和中文请选“字形”。
choice-by-meaning = 语义
    .help = 由一个为英语训练的小型嵌入模型比较。
choice-by-spelling = 字形
    .help = 按字符及其顺序比较。
setting-cascade-samples = 每个成员的回答数
    .help = 每个成员先回答几遍，再看它自己是否一致。温度大于 0 时，宜设为 3 或更多。
setting-threshold = 阈值
    .help = 相同答案达到多大比例就算够了。越高越稳妥，也越常要问下一个成员。

## 辩论

setting-topology = 谁读谁的
    .help = 读得越多，越快达成一致，包括在错误答案上；开销也由它决定。
choice-topology-memory = 所有人
    .help = 每个成员都读所有其他成员的。
choice-topology-report = 中心
    .help = 一个成员读所有其他成员的，其他成员只读它的。
choice-topology-relay = 环形
    .help = 围成一圈，每个成员读下一个的。
choice-topology-debate = 结对
    .help = 树上相邻的成员互相阅读。
setting-max-rounds = 轮数上限
    .help = 成员最多可以修改几次。设为 0 时，大家各自作答后投票。
setting-rounds = 轮数
    .help = 每个成员回答几次，第一次也算在内。对话越来越长，每一轮都更费。
setting-stop = 提前结束
    .help = 什么情况下不等最后一轮就结束。
choice-stop-unanimous = 全体一致
choice-stop-majority = 过半一致
choice-stop-stable = 各自稳定
    .help = 成员连续两次给出相同答案后就退出。
setting-wording = 指令写法
    .help = 能听懂指令的模型用完整句子；小模型库里的“读者”模型用“每个解答一行”。
choice-wording-full = 完整句子
choice-wording-short = 每个解答一行
setting-roles = 角色
    .help = 给没有自己指令的成员依次使用的指令。
setting-debate-on-failure = 有智能体出错时
    .help = 缺了它辩论是否继续。每个智能体都不可少时，请选择停止。
setting-multi-agent-debate-on-failure = 有智能体出错时
    .help = 缺了它辩论是否继续。每个智能体都不可少时，请选择停止。
setting-debate-phrase = 答案前的话
    .help = 要求解答在结尾处、答案之前写的话，程序靠它找到答案。
setting-multi-agent-debate-phrase = 答案前的话
    .help = 要求回复在结尾处、答案之前写的话，程序靠它找到答案。

## 智能体混合、自我修订、思维链、混合专家

setting-layers = 层数
    .help = 除最后一层外，大家各自提出回答；最后一层由一个成员写出答案。每多一层，开销大约再多一份。
setting-mixture-of-agents-samples = 每个提议者的回答数
    .help = 每层中每个成员提出几份回答。只有一个模型而回答多份，就是 Self-MoA。
setting-iterations = 批评次数上限
    .help = 模型最多批评并修改几次。挑不出毛病时会提前结束。
setting-self-refine-phrase = 答案前的话
    .help = 要求文字在结尾处、答案之前写的话，程序靠它找到答案。
setting-chain-of-thought-phrase = 答案前的话
    .help = 要求文字在结尾处、答案之前写的话，程序靠它找到答案。
setting-compare = 第二个提示
    .help = 与第一个提示并排阅读，用来比较两者经过专家的路线。
setting-moe-top-k = 每个词元的专家数
    .help = 每一层把一个词元交给几个专家。0 表示由模型决定；其他数字都算干预。
setting-steer = 干预规则
    .help = 给路由器的规则：ban 3@2 禁用第 2 层的专家 3，force 1@all 在各层都强制使用专家 1，swap 0-5@4 互换两个专家，top 1@4-7 让第 4 到 7 层只给每个词元一个专家。没有第二个提示时，旁边会显示不加干预的回答。
setting-text = 用来测量的文字
    .help = 有干预时，会测量它在干预前后的困惑度。留空则测量不加干预的回答。
