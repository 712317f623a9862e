using Slipway.Core.Access;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>The one table of what manifests can hold. The reader takes its known and its needed keys from here, as do the JSON Schema and the page of reference.</summary>
internal static class ManifestKeys
{
    /// <summary>What YAML calls the key of a template, and what may stand in its place.</summary>
    public const string Template = "template", Messages = "messages";

    private const string Name = "[a-z][a-z0-9_./-]{0,119}", SemanticPart = "(0|[1-9][0-9]{0,5})", Number = $"v?({SemanticPart}\\.{SemanticPart}\\.{SemanticPart}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\\.[1-9][0-9]{{0,5}})";

    /// <summary>Values that other files have too: a version's number, a length of time, a model, a member.</summary>
    public static readonly ValueForm Version = ValueForm.Named(VersionNumber.Form, $"^{Number}$");
    public static readonly ValueForm Time = ValueForm.Named(Duration.Form, "^[0-9]{1,5}[smhd]$");
    public static readonly ValueForm Model = ValueForm.Named(ModelReference.Form, "^[a-z][a-z0-9-]{0,39}/[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}$");
    public static readonly ValueForm Member = ValueForm.Named(MemberName.Form, "^[a-z][a-z0-9._@-]{0,59}$");
    private static readonly ValueForm ChangeSort = ValueForm.Word("meaning", "tone", "format");
    private static readonly ValueForm TemplateText = ValueForm.ByForm(ValueForm.Text.Called("a file with the text"), ValueForm.Text.Called("the text itself"));

    /// <summary>The reason that a push may give in the place of the key.</summary>
    private const string GivenReason = "the reason that `slipway push FILE --reason TEXT` gives, else refused";

    /// <summary>Where the application looks things up.</summary>
    public static ManifestShape Retrieval { get; } = new(
        "a retrieval policy",
        new ManifestKey("index", ValueForm.Text, "The index, as the application names it.") { InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey("top_k", ValueForm.Whole(1, RetrievalPolicy.MostPassages), "How many passages it looks up at most.") { InYaml = Need.Needed, InJson = Need.Needed });

    /// <summary>How much of a conversation the model gets.</summary>
    public static ManifestShape Memory { get; } = new(
        "a memory policy",
        new ManifestKey("turns", ValueForm.Whole(1, MemoryPolicy.MostTurns), "How many of the newest turns the model gets; a turn is a message of the user with all that follows it.") { InYaml = Need.Needed, InJson = Need.Needed });

    /// <summary>How the gateway calls it.</summary>
    public static ManifestShape Serving { get; } = new(
        "serving settings",
        new ManifestKey("timeout", Time, "How long one attempt may take, from `1s` to `1h`: to the whole answer, or to the first piece of a streamed one.") { LeftOut = "as long as all attempts together" },
        new ManifestKey("total_timeout", Time, "How long all attempts may take, from `1s` to `1h`, waiting between them and the rest of a stream included.") { LeftOut = "the server's usual time, 120 s" },
        new ManifestKey("retries", ValueForm.Whole(0, ServingSettings.MostRetries), "How often the same model is asked again after a failure that may pass.") { LeftOut = "never" },
        new ManifestKey("fallback_models", ValueForm.List(Model, unique: true, most: ServingSettings.MostModels), "Models, no aliases, that are asked in this order once the version's own has failed.") { LeftOut = "none" });

    /// <summary>Where the caller's messages stand.</summary>
    public static ManifestShape Placeholder { get; } = new(
        "a place for the conversation",
        new ManifestKey("placeholder", ValueForm.Word("history"), "Here stand the caller's messages; there is one such place at most, and without it the prompt takes none.") { InYaml = Need.Needed, InJson = Need.Needed });

    /// <summary>The address of an image.</summary>
    public static ManifestShape ImageAddress { get; } = new(
        "an image's address",
        new ManifestKey("url", ValueForm.Text, "The address, a template.") { InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey("detail", ValueForm.Text, "How closely the model looks, in the words of its provider, as in `low`.") { LeftOut = "the provider decides" });

    /// <summary>Text among the parts of a message.</summary>
    public static ManifestShape TextPart { get; } = new(
        "a text part",
        new ManifestKey("type", ValueForm.Word("text"), "Says that the part is text.") { InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey("text", ValueForm.Text, "The text, a template.") { InYaml = Need.Needed, InJson = Need.Needed });

    /// <summary>An image among the parts of a message.</summary>
    public static ManifestShape ImagePart { get; } = new(
        "an image part",
        new ManifestKey("type", ValueForm.Word("image_url"), "Says that the part is an image.") { InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey("image_url", ValueForm.Mapping(ImageAddress), "Which image.") { InYaml = Need.Needed, InJson = Need.Needed });

    /// <summary>A message that the prompt itself holds.</summary>
    public static ManifestShape Message { get; } = new(
        "a message",
        new ManifestKey("role", ValueForm.Word("system", "user", "assistant", "tool"), "Who speaks.") { InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey(Template, TemplateText, "What is said, a template; in its place there may be `content`."),
        new ManifestKey(
            "content", ValueForm.Either(ValueForm.Text.Called("the text itself"), ValueForm.List(ValueForm.Either(ValueForm.Mapping(TextPart), ValueForm.Mapping(ImagePart)), least: 1)),
            "What is said, written in the manifest itself, a template; in its place there may be `template`."),
        new ManifestKey("tool_call_id", ValueForm.Text, "Which call a tool's message answers; only there, and there needed."),
        new ManifestKey("tool_calls", ValueForm.List(ValueForm.Json("a call in OpenAI's form", "object")), "What an assistant's message calls; with it, `template` and `content` may both be left out."))
    {
        OneOf = [Template, "content", "tool_calls"],
        NotTogether = [Template, "content"],
    };

    /// <summary>A version of a prompt.</summary>
    public static ManifestShape Prompt { get; } = new(
        "a prompt's manifest",
        new ManifestKey("id", ValueForm.Named(PromptName.Form, $"^{Name}$"), "The prompt, as applications ask for it; its author chooses the name with the first version.")
        { NameInJson = "prompt_id", InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey(
            "version", ValueForm.Named($"{VersionNumber.Form}, one scheme per prompt, or `next`", $"^({Number}|next)$"),
            "The version's number, chosen by its author; with `next` [the server numbers it](#the-next-version).")
        { InYaml = Need.Needed, LeftOut = "as with `next`", Remedy = "write version: next to have the server number it." },
        new ManifestKey("owner", Member, "Who answers for it: the name of a member, as `slipway member list` shows it.") { InYaml = Need.Needed, LeftOut = "whoever pushes it" },
        new ManifestKey("status", ValueForm.Word("candidate"), "What is pushed is a candidate; what becomes of it is for a release to say.") { InYaml = Need.Needed, InJson = Need.Absent },
        new ManifestKey("model", ValueForm.Text, "An alias of the model catalog (`slipway model list`) or `PROVIDER/MODEL`; the dated model behind it is frozen when the version is pushed.")
        { InYaml = Need.Needed, InJson = Need.Needed },
        new ManifestKey(Template, TemplateText, "The system message, a template; the caller's messages follow it. In its place there may be `messages`.")
        { InYaml = Need.Needed, InJson = Need.Needed, Remedy = "in its place there may be messages." },
        new ManifestKey(
            Messages, ValueForm.List(ValueForm.Either(ValueForm.Mapping(Message), ValueForm.Mapping(Placeholder)), least: 1),
            "The messages one by one, in the place of `template`."),
        new ManifestKey(
            "schema", ValueForm.Either(ValueForm.Text.Called("a JSON file"), ValueForm.Json("the value itself", "object")),
            "The JSON Schema (draft 2020-12) that an answer must fit.")
        { InYaml = Need.Needed, LeftOut = "any answer will do" },
        new ManifestKey(
            "golden_set", ValueForm.Named("a JSON Lines file whose name says its version, as in `NAME_v4.jsonl`", "(^|/)[a-z][a-z0-9_.-]{0,119}_v[1-9][0-9]{0,9}\\.jsonl$"),
            "The [golden set](golden-sets.md) it is evaluated on; it is pushed with the version.")
        { InYaml = Need.Needed, LeftOut = "none is named" },
        new ManifestKey("rollback_to", ValueForm.ByForm(ValueForm.OrNull(Version), Version).Called($"{VersionNumber.Form}; `null` for the first version"), "The version to go back to.")
        { InYaml = Need.Needed, LeftOut = "the first version of its prompt", Remedy = "for the first version of a prompt write rollback_to: null" },
        new ManifestKey("change_reason", ValueForm.Text, "Why this version exists, in a sentence of its author's; it stands in the log.") { InYaml = Need.NeededUnlessGiven, LeftOut = GivenReason },
        new ManifestKey("expected_effect", ValueForm.Text, "What its author expects to see."),
        new ManifestKey("check_after_release", ValueForm.Text, "What is looked at in the first 24 to 72 hours."),
        new ManifestKey(
            "change_kind", ValueForm.Either(ChangeSort, ValueForm.List(ChangeSort, unique: true, least: 1).Called("a list of these")),
            "What sort of change it is; several only where `slipway policy set PROMPT --several-kinds` allows it."),
        new ManifestKey("linked", ValueForm.Text, "A task, incident or experiment, as in `INC-12`."),
        new ManifestKey("based_on", Version, "The version it was made from; somebody else's newer version is never overwritten unseen.") { LeftOut = "what `rollback_to` names" },
        new ManifestKey(
            "variables", ValueForm.ByForm(
                ValueForm.ByName("name", ValueForm.Json("a JSON Schema", "object", "boolean")),
                ValueForm.Either(ValueForm.ByName("name", ValueForm.Json("a JSON Schema", "object", "boolean")), ValueForm.List(ValueForm.Text, unique: true))).Called("a JSON Schema by name; in JSON also a list of names, each a needed text"),
            "What a caller fills in; one whose schema has a `default` need not be given.")
        { LeftOut = "the names the template uses, each a needed text" },
        new ManifestKey(
            "parameters", ValueForm.ByName("name", ValueForm.Json("any JSON"), Submission.ReservedParameters),
            $"What is sent to the model beside the messages, as in `{{ temperature: 0, max_tokens: 300 }}`; {string.Join(", ", Submission.ReservedParameters.Select(name => $"`{name}`"))} are Slipway's to set."),
        new ManifestKey(
            "tools", ValueForm.Either(ValueForm.Text.Called("a JSON file"), ValueForm.List(ValueForm.Json("a function in OpenAI's form", "object"), least: 1).Called("the list itself")),
            "The functions the model may call, in OpenAI's form.")
        { LeftOut = "none" },
        new ManifestKey("retrieval", ValueForm.Mapping(Retrieval), "Where the application looks up what the model is to know; Slipway freezes it and hands it on."),
        new ManifestKey("memory", ValueForm.Mapping(Memory), "How much of the conversation the model gets.") { LeftOut = "all of it" },
        new ManifestKey(
            "safety", ValueForm.List(ValueForm.Named($"{PartialId.Form}, or the name alone for the newest", $"^{Name}(@[1-9][0-9]{{0,9}})?$"), unique: true),
            "[Partials](#partials) whose text comes first, in this order.")
        { LeftOut = "none" },
        new ManifestKey("post_processing", ValueForm.List(ValueForm.Word("trim_markdown_fence", "trim_white_space"), unique: true), "What is done to an answer, in this order, before it is checked and given on."),
        new ManifestKey("serving", ValueForm.Mapping(Serving), "How the gateway calls it ([when a model fails](gateway.md#when-a-model-fails)).") { LeftOut = "once, for as long as the server allows" })
    {
        OneOf = [Template, Messages],
        NotTogether = [Template, Messages],
    };

    /// <summary>A version of a partial; it is written in YAML alone.</summary>
    public static ManifestShape Partial { get; } = new(
        "a partial's manifest",
        new ManifestKey("partial", ValueForm.Named(PartialName.Form, $"^{Name}$"), "Its name, as templates ask for it; its author chooses it with the first version.") { InYaml = Need.Needed, InJson = Need.Absent },
        new ManifestKey(Template, TemplateText.Called("a file with the text"), "What it holds, a template.") { InYaml = Need.Needed, InJson = Need.Absent },
        new ManifestKey("change_reason", ValueForm.Text, "Why this version exists, in a sentence; it stands in the log.") { InYaml = Need.NeededUnlessGiven, InJson = Need.Absent, LeftOut = GivenReason });
}
