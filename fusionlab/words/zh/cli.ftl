# 命令：读写的文件，以及各个选项。

# 文件中的位置，以及不来自文件的文本。
at-line = 第 { $number } 行
at-item = 第 { $number } 项
standard-input = 标准输入

## 任意文件

cli-no-file = 找不到文件 { $file }
    .hint = 请检查文件名和文件夹
cli-unreadable = 无法读取 { $file }：{ $said }
cli-not-utf-8 = { $file } 不是 UTF-8 文本
    .hint = 请另存为 UTF-8
cli-not-json = { $file } 第 { $line } 行：{ $said }

## 配方与对话

-turns = 请把每一轮写成 {"{"}"role": "user", "content": "…"{"}"}，role 为 user 或 assistant
cli-no-checkout = { $folder } 中没有 { $file }
    .hint = 请给出 FusionLab 源码所在的文件夹
cli-no-recipe = 找不到配方 { $file }
    .hint = 请检查文件名和所在文件夹
cli-no-messages = 找不到文件 { $file }
    .hint = 请检查文件名和文件夹；- 表示标准输入
cli-messages-not-json = { $name } 不是 JSON：{ $said }（第 { $line } 行）
    .hint = { -turns }
cli-no-turns = { $name } 中没有对话
    .hint = { -turns }

## 候选与权重

cli-not-a-list = { $file } 不是 JSON 列表
    .hint = 请写成 ["甲", "乙"]
cli-no-candidate = { $file }，{ $where }：其中没有候选
    .hint = 候选应为文本，或带有以下字段之一的对象：{ $fields }
cli-not-a-weight = { $given } 不是成员的权重
    .hint = 请写成 gpt=2,claude=1

## 表格

cli-table-of-another-format = { $file } 不是 { $suffixes } 格式
    .hint = 请先转换为其中一种格式
cli-table-not-of-objects = { $file } 不是由对象组成的列表
    .hint = 请把每一行写成 {"{"}"列名": …{"}"}
cli-table-without-rows = { $file } 没有数据行
    .hint = 第一行是列名，数据从第二行开始
cli-table-too-large = { $file } 有 { $rows } 行、{ $columns } 列；最多读取 { $most_columns } 列、{ $most_cells } 个单元格
    .hint = 请拆成几个表格
cli-row-too-long = { $file } 第 { $line } 行：有 { $cells } 个单元格，而列名只有 { $columns } 个
    .hint = 文本中含有分隔符时，请用双引号括起来
cli-out-of-another-format = { $file } 不是 { $suffixes } 格式
    .hint = 格式由扩展名决定
cli-out-no-folder = 找不到文件夹 { $folder }
    .hint = 请先创建它
cli-out-unwritable = 无法写入 { $file }：{ $said }
    .hint = 请腾出空间，或另用 --out 指定文件

## 控制台的输出

cli-language-unknown = { $variable } 的值是 { $given }；FusionLab 支持 { $known }，因此使用英语
cli-warning = 警告：{ $said }
cli-warning-with-hint = 警告：{ $said }（{ $hint }）
cli-stopped = 已停止
cli-place-inaccessible = 无法读写 { $file }：{ $said }
    .hint = 请腾出空间，或换一个可读写的位置
cli-files-inaccessible = 无法读写文件：{ $said }
    .hint = 请腾出空间，或换一个可读写的位置
cli-run-failed = 这次运行失败了
cli-run-stopped = 这次运行被中途停止
cli-progress-bytes-of = { $what }：{ $done } / { $total } MB
cli-progress-bytes = { $what }：{ $done } MB
cli-progress-seconds = { $what }：{ $done } 秒
cli-progress-of = { $what }：{ $done } / { $total }
cli-step = 第 { $step } 步：损失 { $loss }
cli-step-of = 第 { $step } 步，共 { $total } 步：损失 { $loss }
cli-step-held-out = 留出数据每字节 { $nats } 奈特
cli-step-solved = { $asked } 题答对 { $right } 题（95% 区间 { $low } 至 { $high }）
cli-step-left = 还需 { $time }
cli-step-loads = 专家使用的均匀度 { $even }，{ $silent ->
        [0] 没有闲置的专家
       *[other] { $silent } 个专家闲置
    }
cli-sample = { $prompt } → { $text }
cli-stopping = 完成这一步后停止，并把已学到的内容存为模型。再按一次 Ctrl-C 则就此中断。
cli-built-stopped = 已停在第 { $step } 步，共 { $planned } 步；再次运行同一命令即可继续。
cli-answer = { $author }，{ $number }：{ $answer }
cli-no-answer = 没有答案
cli-chosen = { $by ->
        [likeness] 按相似度选中 { $member }
        [agreement] 按一致程度选中 { $member }
        [verdict] 按评审的裁决选中 { $member }
       *[other] 按 { $by } 选中 { $member }
    }
cli-cost = [{ $method }，{ $members } 个成员：读入 { $tokens_in } 个词元，写出 { $tokens_out } 个，前向计算 { $passes } 次，计算 { $computing } 秒，共 { $all } 秒]

## 清单

cli-method = { $summary }（需要：{ $level }）
cli-model-here = 已在本机
cli-model-away = 尚未下载
cli-model-from = { $engine }；来自 { $source }
cli-references = 也可以写：hub:org/name@revision、path:folder、gguf:file、api:url#model、replay:file#member
cli-references-keys = api: 服务器需要密钥时：FUSIONLAB_API_KEYS="host=key, other:8000=key"
cli-fetched = { $ref } 已在本机
cli-space-written = 已把 Space 的说明写入 { $readme }，并写出 { $requirements }

## zoo

cli-zoo-scored = 本职任务 { $share }
cli-zoo-adapter-scored = 本职题集 { $share }
cli-zoo-unmeasured = 已训练，未测评
cli-zoo-untrained = 未训练
cli-zoo-base = { $title }；基座 { $share }
cli-zoo-trained = { $name } 训练完成：{ $ref }
cli-zoo-share = { $share }，n = { $total }
cli-zoo-share-beside-base = { $share }，基座 { $base }，n = { $total }

## 基准测试

cli-bench-kept = { $folder } 中已有 { $count } 个答案，予以保留；只需回答其余的题
cli-bench-stopped = 已有的答案保存在 { $folder } 中；再次执行同一条命令即可继续
cli-bench-report = 报告在 { $report }；同一文件夹中还有 results.json、contenders.csv 和 items.csv
cli-bench-of = { $suite }：{ $title }，{ $items } 道题，随机种子 { $seed }
cli-bench-milliseconds = 毫秒
cli-bench-means = 词元数、前向计算次数和模型用时（毫秒）都是每道题的平均值。
cli-bench-oracle = { $items } 道题中，至少一个成员答对的占 { $share }。
cli-bench-unextracted = { $name }：有 { $texts } 段文本中找不到答案。
cli-bench-answered = 已答 { $n } 题
cli-bench-front = 同等开销下最好
speed-ratio = { $name }：{ $ratio }（{ $better ->
        [lower] 不超过
       *[higher] 不低于
    } { $bar }：{ $met ->
        [yes] 达标
       *[no] 未达标
    }）
speed-other-text = 要计时的两种做法写出了不同的文字
cli-bench-progress = { $contender }：已答 { $done } / { $total }，预计还需 { $left }

## 投票

cli-vote-form = { $form ->
        [wide] 列 { $columns }
        [long] 列 { $columns } 的各行
       *[list] 列 { $columns } 中的列表
    }
cli-vote-by = ，作者见 { $member } 列
cli-vote-weighed = ，权重见 { $weight } 列
cli-vote-range = { $fewest } 至 { $most }
cli-vote-understood = { $questions } 道题 × { $each } 个候选，取自{ $form }{ $by }{ $weighed }
cli-vote-understood-from = { $questions } 道题（{ $column } 列）× { $each } 个候选，取自{ $form }{ $by }{ $weighed }
cli-vote-progress = 已完成 { $done } / { $total } 道题
cli-vote-first = { $total } 次选举中的前 { $done } 次已写入 { $file }
cli-vote-written = { $count } 次选举的结果已写入 { $file }
cli-vote-score = 得分
cli-vote-question = 题目
cli-vote-elected = 当选
cli-vote-no-candidate = （没有候选）
cli-vote-more = …… 另有 { $count } 道；用 --out 可全部保存
cli-vote-agreement = 同一道题两个候选的平均相似度
cli-vote-empty = 道题没有候选：{ $questions }

## 逐词元查看一次运行

cli-token-step = 步
cli-token-token = 词元
cli-token-p = p
cli-token-entropy = 熵
cli-token-divergence = 分歧
cli-token-agreement = 一致程度
cli-token-pivotal = 关键成员（没有它则为）
cli-token-nobody = 无
cli-token-not = 不是 { $names }
cli-token-open = 无法判断：{ $names }

## 帮助：命令

cli-help-usage = 用法：
cli-help-arguments = 参数
cli-help-options = 选项
cli-help-error = 错误：{ $said }
cli-help-help = 显示此帮助并退出
cli-help-json = 输出一个 JSON 对象
cli-help-fusionlab = 观察、测量并讲解语言模型如何融合。
cli-help-run = 运行一种融合方法，或 .toml 文件中的配方
cli-help-replay = 重放运行记录，不需要任何模型
cli-help-methods = 列出融合方法及其设置
cli-help-models = 列出可按名称使用的模型
cli-help-fetch = 把模型下载到本机，供离线使用
cli-help-speed = 测量速度，以与对照方案的比值表示
cli-help-space = 把源码整理成可推送到 Space 的样子
cli-help-zoo = 这里训练的小模型：list、train NAME、eval NAME
cli-help-zoo-list = 列出 zoo 的模型、任务和得分
cli-help-zoo-train = 按配方训练一个模型，或接着训练
cli-help-zoo-eval = 用每个任务的留出题测评一个模型
cli-help-bench = 在题集上测量各种方法，并与每个成员单独作答比较
cli-help-experts = 说明模型由什么组成，缺了每个专家会失去什么
cli-help-experts-model = 本机上的模型
cli-help-experts-ablate = 逐个禁用专家，再读一遍这段文字；或写 suite:名称，同时回答其中的问题
cli-help-experts-everywhere = 在所有层同时禁用每个专家，而不是逐层禁用
cli-help-experts-items = 套件里的问题数（40）
cli-help-ladder = 在同一题集上，把同一组成员按每个适用的层次融合
cli-help-vote = 为表格中的每道题选出最好的候选

## 帮助：run、zoo 和 speed 的选项

cli-help-method = 见 fusionlab methods；也可以是 RECIPE.toml
cli-help-messages = 用一段对话代替提示：由 {"{"}"role": …, "content": …{"}"} 组成的 JSON 列表，最后一轮来自 user；- 表示从标准输入读取
cli-help-begin = 回答的开头；成员接着它往下写
cli-help-set = 方法的一项设置；candidates=@FILE 表示从文件读取候选
cli-help-max-tokens = 默认 { $default }
cli-help-temperature = 0 为贪心解码；需要采样的方法默认大于 0
cli-help-top-k = 0 表示不截取
cli-help-top-p = 1 表示不截取
cli-help-seed = 默认 0
cli-help-tokens = 融合中的每个词元各占一行：多有把握、谁赞成、谁是关键成员、各占多少份额
cli-help-page = 整个运行存为一个 HTML 文件，任何浏览器都能打开，无需联网
cli-help-out = 记录这次运行
cli-help-speed-name = 可选：{ $names }
cli-help-zoo-name = 例如 adder 或 smollm2-135m+maths
cli-help-shelf = 存放位置；默认在缓存文件夹

## 帮助：bench 的选项

cli-help-suite = 例如 zoo-mixed、zoo-arithmetic、gsm8k、bbh；也可以是 S.toml
cli-help-items = 题数；默认值由题集决定
cli-help-bench-seed = 用于抽题；默认 0
cli-help-bench-max-tokens = 每个答案的上限；默认值由题集决定
cli-help-data = 文件、文件夹或 Hub 上的数据集
cli-help-skip-broken = 跳过数据中损坏的行
cli-help-baseline = 同时测量：最好的成员用同样多的词元能做到什么
cli-help-batch = 每批回答的题数
cli-help-runs = 每个参赛者保留多少次完整的运行
cli-help-ray = 把题目分给 Ray 集群：HOST:PORT、auto，或在本机新启动一个
cli-help-ray-workers = 最多用几个工作进程；默认每个处理器一个
cli-help-bench-out = 默认 bench-SUITE；会从中断处继续
cli-help-ladder-lessons = 训练档所学的题数；默认每道试题 20 题，最多 4,000 题
cli-help-ladder-out = 默认 ladder-SUITE；会从中断处继续

## 帮助：vote 的选项

cli-help-table = 表格文件：.csv、.jsonl 或 .json
cli-help-question = 题目所在的列
cli-help-candidates = 每个候选各占一列，或全部在同一列
cli-help-vote-member = 用于长表：候选的作者所在的列
cli-help-vote-weight = 用于长表：选票权重所在的列
cli-help-weights = 各成员选票的权重；默认 1
cli-help-metric = rouge_l、char_lcs、cosine 或 mixture
cli-help-mixture = 各指标的权重
cli-help-rule = mbr、majority、borda、condorcet、ranked_pairs 或 clusters
cli-help-answer = 按哪类答案计多数：exact、number、choice、yes_no 或 text
cli-help-phrase = 答案之前的引导语
cli-help-own-ballot = mbr 也计入候选自己的选票
cli-help-vote-out = 写出选举结果：.csv 或 .jsonl

## 帮助：命令的错误

cli-arguments-missing = 缺少参数：{ $names }
cli-arguments-unknown = 未知的参数：{ $names }
cli-argument-without-value = { $name } 需要一个值
cli-argument-invalid = { $name }：{ $given } 不是{ $kind ->
        [int] 整数
        [float] 数
       *[other] 有效的值
    }
cli-argument-not-one-of = { $name }：{ $given } 不在可选范围内（{ $known }）

## 示例运行

cli-gallery-run = { $status ->
        [finished] { $preset }：已完成，{ $seconds } 秒
        [failed] { $preset }：失败，{ $seconds } 秒
       *[other] { $preset }：被中途停止，{ $seconds } 秒
    }
cli-help-gallery = 为应用的每个示例记录一次运行
cli-help-gallery-folder = 源码文件夹中的 assets/runs
cli-help-gallery-all = 已是最新的也重新记录

## README 中的表格

cli-counts-where = { $setting } 为 { $values } 时起作用
cli-table-method = 方法
cli-table-happens = 做什么
cli-table-needs = 需要

## 由其他模型构建的模型

cli-plan = 将由 { $sources } 构建 { $reference }
cli-plan-waits = 将由 { $sources } 构建 { $reference }；待 { $awaited } 构建完成后才能给出更多信息
cli-plan-figures = { $parameters } 百万参数，{ $size } MB；构建时最多占用 { $memory } MB 内存
cli-plan-taken = ! 本机已有名为 { $id } 的模型：同一配方不会重新构建；如用另一配方，请用 --id 另取名称
cli-built = { $reference } 已构建：{ $parameters } 百万参数，{ $size } MB，用时 { $seconds } 秒
cli-built-try = 向它提问：fusionlab run solo --member { $reference } --prompt "The capital of France is"
cli-built-size = { $size } MB
cli-built-adapter = { $builder }，适配器
cli-built-of = 来源：{ $sources }
cli-built-none = 本机还没有构建过模型
cli-built-heirs = 由 { $id } 构建的模型：{ $heirs }；它们保持不变，但没有它就无法重新构建
cli-remove-ask = 从磁盘上删除 { $id }？[y/N]
cli-remove-yes = y yes 是
cli-remove-kept = 保留 { $id }
cli-remove-unasked = 无法询问是否删除 { $id }
    .hint = 请加上 --yes
cli-removed = 已删除 { $id }
cli-exported = { $id } 已导出：{ $place }
cli-help-builders = 列出构建新模型的方法及其设置
cli-help-build = 用其他模型构建新模型，或按 .toml 文件构建
cli-help-build-name = 见 fusionlab builders；也可以是 RECIPE.toml，例如已构建模型文件夹中的配方
cli-help-build-share = 只打印打开“构建”页并填好这些设置的链接，不实际构建
cli-help-source = 按顺序给出来源模型，例如 smollm2-135m 或 zoo/adder
cli-help-build-set = 构建方法的一项设置
cli-help-build-target = 即 --set target=REF：向各来源学习的模型
cli-help-build-id = 新模型的名称；默认由构建方法决定
cli-help-plan = 只说明将构建什么、有何不妥，不实际构建；被拒绝时退出状态为 1
cli-help-built = 在本机构建的模型：list、remove ID、export ID PLACE
cli-help-built-list = 列出在本机构建的模型
cli-help-built-remove = 从磁盘上删除一个模型
cli-help-built-export = 复制一个模型，供其他程序使用
cli-help-export-place = 新文件夹，或文件：以 .zip 结尾的是该文件夹的压缩包，以 .gguf 结尾的供 llama.cpp 使用
cli-help-yes = 不再询问
