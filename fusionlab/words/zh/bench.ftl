# 基准测试与测量：题集、数据、计划、存放答案的文件夹。

## 数据

data-missing = 找不到文件或文件夹 { $place }
    .hint = 请检查路径
data-folder-empty = { $folder } 中没有 { $suffixes } 文件
    .hint = 请检查路径
data-of-another-format = { $file } 不是 { $suffixes } 格式
    .hint = 请先转换为其中一种格式
data-unreadable = 无法读取 { $file }：{ $said }
data-not-json = { $file } 第 { $line } 行：{ $said }
data-not-a-list = { $file } 既不是列表，也不是 {"{"}"examples": […]{"}"}
data-without-question = { $file } 中没有题目
    .hint = 字段名必须是 { $question } 和 { $answer }
data-mostly-broken = 损坏的行超过 { $most } 行，最后一行是 { $last }
    .hint = 请确认文件是否选对，以及字段名是否正确
data-line = { $file } 第 { $number } 行：{ $fault }
    .hint = { PLACE() ->
        [app] 请在文件中修正
       *[terminal] 请修正，或加上 --skip-broken 只用其余的行
    }
data-example = { $file } 第 { $number } 个样例：{ $fault }
    .hint = { PLACE() ->
        [app] 请在文件中修正
       *[terminal] 请修正，或加上 --skip-broken 只用其余的样例
    }
data-row = { $name } 第 { $number } 行：{ $fault }
    .hint = { PLACE() ->
        [app] 请换用其他数据
       *[terminal] 加上 --skip-broken 可只用其余的行
    }
data-set-needs-package = 读取 Hub 上的数据集 { $name } 需要 pyarrow 包
    .hint = { PLACE() ->
        [app] 请在“数据”中指定文件或文件夹，或运行 pip install 'fusionlab[bench]'
       *[terminal] 请运行 pip install 'fusionlab[bench]'，或用 --data 指定文件
    }
data-set-unavailable = 无法取得数据集 { $name }：{ $said }
    .hint = { PLACE() ->
        [app] 请在“数据”中指定文件或文件夹
       *[terminal] 请用 --data 指定文件
    }

# 单独一行的问题。
row-too-long = 单元格比表头的列数多
row-not-json = { $said }
row-not-an-object = 不是带字段的对象
row-without-mark = { $field } 中没有 { $mark }
row-without-field = 缺少字段 { $field }
row-field-not-text = { $field } 的值是 { $value }
truth-blank = 标准答案为空
truth-of-another-kind =
    { $kind ->
        [number] 标准答案 { $truth } 不是单个数
        [choice] 标准答案 { $truth } 不是形如 (A) 的单个选项字母
        [yes_no] 标准答案 { $truth } 不是“是”或“否”
       *[exact] 标准答案 { $truth } 不是文本
    }

## 题集

suite-missing = 找不到题集 { $file }
    .hint = 请给出 .toml 文件，或题集的名称
suite-unreadable = 无法读取题集 { $file }：{ $said }
suite-without-data = 题集 { $suite } 自行生成题目
    .hint = { PLACE() ->
        [app] 请把“数据”留空
       *[terminal] 请去掉 --data
    }
suite-rule-of-no-corpus = 题集 { $suite }：只有语料才能自带规则
suite-template-without-place = 题集 { $suite }：模板中没有 { $place }
suite-gives-answer-away = 题集 { $suite }：模板泄露了标准答案
    .hint = 请去掉 {"{"}{ $field }{"}"}
suite-lacks-field = 题集 { $suite } 缺少 { $field }
suite-field = 题集 { $suite }：{ $field }：{ $said }，而给出的是 { $given }
suite-field-unknown = 题集 { $suite }：未知字段 { $field }
    .hint = 可用的字段：{ $known }
suite-field-unknown-near = 题集 { $suite }：未知字段 { $field }
    .hint = 是不是想写“{ $near }”？

## 计划

bench-without-members = 基准测试需要成员
    .hint = { PLACE() ->
        [app] 请在“成员”中至少添加一个模型
       *[terminal] 请添加成员，例如 --member smollm2-135m
    }
bench-counts = --batch { $batch } 和 --runs { $runs } 不可用
    .hint = --batch 至少为 1，--runs 至少为 0
contenders-too-many = 参赛者有 { $count } 个；最多比较 { $most } 个
    .hint = 请减少方法或成员
fields-unasked = 数据中还有字段 { $fields }，但模板没有用到
    .hint = 如果那也是题目的一部分，请在模板中加入 {"{"}{ $first }{"}"}

## 文件夹

bench-at-work = { $folder } 中有另一个基准测试正在运行
    .hint = { PLACE() ->
        [app] 请等它结束，或修改设置
       *[terminal] 请等它结束，或另用 --out 指定文件夹
    }
bench-unwritable = 无法写入 { $folder }：{ $said }
    .hint = { PLACE() ->
        [app] 请修改题目数量，从头开始
       *[terminal] 请另用 --out 指定文件夹
    }
bench-cut-short = 无法写入 { $folder }：{ $said }
    .hint = { PLACE() ->
        [app] 请腾出空间，然后点击“运行”，会从中断处继续
       *[terminal] 请腾出空间，或另用 --out 指定文件夹；再次执行同一条命令会从中断处继续
    }
bench-missing = { $folder } 中没有基准测试
    .hint = { PLACE() ->
        [app] 请点击“运行”开始测试
       *[terminal] 请给出它的 --out 文件夹
    }
plan-unreadable = 无法读取 { $file }：{ $said }
    .hint = { PLACE() ->
        [app] 请修改题目数量，从头开始
       *[terminal] 请另用 --out 指定文件夹
    }
plan-of-another-form = { $file } 不是基准测试的计划
    .hint = { PLACE() ->
        [app] 请修改题目数量，从头开始
       *[terminal] 请另用 --out 指定文件夹
    }
plan-of-another-version = { $file } 的版本是 { $version }；此版 FusionLab 能读取的是 { $known }
    .hint = { PLACE() ->
        [app] 请修改题目数量，从头开始
       *[terminal] 请另用 --out 指定文件夹，或使用写出它的那一版 FusionLab
    }
plan-invalid = { $file }：{ $said }
    .hint = { PLACE() ->
        [app] 请修改题目数量，从头开始
       *[terminal] 请另用 --out 指定文件夹
    }
answers-unreadable = 无法读取 { $file }：{ $said }
    .hint = 请把它移走
answers-of-another = { $file } 不属于 { $contender }
    .hint = 请把它移走

## 测量

app-not-started = 应用没有启动
    .hint = 请运行 python app.py 查看原因
speed-program-failed = { $program } 运行失败：{ $said }
    .hint = 请先确认它能单独运行；FUSIONLAB_MERGEKIT 应指向 mergekit 的程序 mergekit-yaml
speed-without-browser = 没有可用来打开页面的 Chromium
    .hint = 请运行 pip install playwright && playwright install chromium
zoo-empty = zoo 中还没有模型
    .hint = 请训练一个：fusionlab zoo train base
