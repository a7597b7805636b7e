# 实验室：框架上的文字，以及各项实验及其设置的名称。

lab-title = 实验室
lab-intro = 这里的实验研究专家如何分工，以及不同模型的词表如何衔接。实验就在这台机器上运行，你可以看着它进行；一开始显示的是录制结果。
lab-studies = 实验
lab-settings = 设置
lab-more = 更多设置
lab-usual = 恢复录制时的设置
lab-none = 不选
lab-leave-out = 不选
lab-run = 运行实验
lab-stop = 停止
lab-paper = 阅读论文
lab-notice = 值得留意
lab-waits = 正在排队……
lab-working = 正在运行……
lab-far = { $words }{ $done } / { $total }
lab-stopped = 已停止，保留最后的画面。
lab-changed = 设置已更改，运行后即可看到效果。
lab-recorded = 这是用默认设置录制的结果。
lab-nothing = 这项实验没有录制结果，请运行。

study-local-experts = 1991 年的局部专家
    .summary = 同一个门控和同一组专家从相同的起点出发，用三种损失训练。看每种损失怎样划分问题，以及单个专家是否独立可用。
setting-local-experts-problem = 问题
    .help = 要学的内容。
choice-problem-zigzag = 直线上的折线
    .help = 每个专家是一条直线，四条直线拼成折线。
choice-problem-clusters = 四簇两类
    .help = 一条直线分不开这两类，门控须先划分平面。
setting-local-experts-experts = 专家数
    .help = 门控可以选择的专家数量。
setting-local-experts-steps = 步数
    .help = 训练多少步。
setting-local-experts-learning-rate = 学习率
    .help = 每一步走多远。
setting-local-experts-seed = 随机种子
    .help = 换一个种子，数据和初始权重都会不同。

# 局部专家：画面

local-step = 第 { $step } 步，共 { $steps } 步
local-key-ground = 底色：门控偏好的专家，颜色越深越确定
local-key-line = 一个专家；门控偏好其他专家之处为虚线
local-key-border = 专家划分两类的界线；几乎不用的专家为虚线
local-key-classes = 两类样本：● 和 ×
local-key-together = 全部专家合起来
local-key-alone = 只用门控偏好的专家
local-loss-cooperative = 合作损失
    .formula = ‖d − Σ pᵢ oᵢ‖²
local-loss-competitive = 竞争损失
    .formula = Σ pᵢ ‖d − oᵢ‖²
local-loss-likelihood = 混合似然
    .formula = −log Σ pᵢ exp(−½ ‖d − oᵢ‖²)
local-picture = { $loss }：问题的划分，{ $all } 个专家中用到 { $used } 个
local-course = { $loss }：全部专家合起来与只用偏好专家的误差，逐步变化
local-error = 均方误差
local-steps = { $n } 步
local-figures = 误差：合起来 { $together }，单用一个 { $alone } · { $all } 个专家用到 { $used } 个
local-table = 以表格查看数值
local-table-of = 第 { $step } 步的三种损失
local-head-loss = 损失
local-head-value = 损失值
local-head-together = 合起来的误差
local-head-alone = 只用偏好专家的误差
local-head-used = 用到的专家数
local-head-shares = 各专家分到的样本

local-note-start = 三者从相同的权重出发，还什么都没有学。
local-note-cooperation-hurts = 在合作损失下，全部专家合起来的误差是 { $together }，只用门控偏好的专家却是 { $alone }：每个专家学的是弥补其他专家的不足。
local-note-cooperation-helps = 在合作损失下，只用偏好专家的误差是 { $alone }，合起来是 { $together }：这里门控已足够确定，每个专家都能独立使用。
local-note-best = { $loss }：这里单用偏好专家的效果最好，误差为 { $alone }。
local-note-idle = { $loss }：{ $all } 个专家中有 { $idle } 个几乎从未被选中，分担工作的专家变少了。
local-note-all-used = 三种损失下，{ $all } 个专家全部用到。
local-note-sure = { $loss }：这里门控的选择最为确定。
