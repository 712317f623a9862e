using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>Everything that decides a version's behaviour, frozen and known by its hash; also its compiled form, ready to serve.</summary>
/// <remarks>Behaviour only: owner, reason and links are the version's record, so the same behaviour has the same hash whoever submits it.</remarks>
public sealed class Package
{
    private readonly PromptMessages messages;
    private readonly VariablesContract variables;
    private readonly PackageTools tools;
    private readonly string? route;

    private Package(byte[] json, JsonElement document, PackageParts parts)
    {
        Json = json;
        Hash = ContentHash.Of(json);
        Document = document;
        (Model, Output, messages, variables, tools) = (parts.Model, parts.Output, parts.Messages, parts.Variables, parts.Tools);
        (Retrieval, Memory, PostProcessing, Serving) = (parts.Retrieval, parts.Memory, parts.PostProcessing, parts.Serving);
        Partials = [.. parts.Partials.Select(partial => partial.Id)];
        route = document.TryGetProperty("output", out var output) ? AnswerRoute.PropertyOf(output.GetProperty("schema")) : null;
        Parameters = document.GetProperty("parameters");
        Tools = document.TryGetProperty("tools", out var functions) ? functions : null;
    }

    /// <summary>The canonical JSON, the bytes that are hashed and stored.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>SHA-256 of <see cref="Json"/>.</summary>
    public ContentHash Hash { get; }

    /// <summary>What <see cref="Json"/> says, for looking at its parts.</summary>
    public JsonElement Document { get; }

    /// <summary>The dated model it calls.</summary>
    public ModelReference Model { get; }

    /// <summary>What an answer must fit; null where any will do.</summary>
    public JsonSchema? Output { get; }

    /// <summary>What is sent to the model beside the messages; an object, perhaps empty.</summary>
    public JsonElement Parameters { get; }

    /// <summary>The functions the model may call, as OpenAI's <c>tools</c>; null where there are none.</summary>
    public JsonElement? Tools { get; }

    /// <summary>Where the application looks things up; null for nowhere.</summary>
    public RetrievalPolicy? Retrieval { get; }

    /// <summary>How much of a conversation the model gets; null for all of it.</summary>
    public MemoryPolicy? Memory { get; }

    /// <summary>What is done to an answer first.</summary>
    public ImmutableArray<PostProcessingStep> PostProcessing { get; }

    /// <summary>How it is called where the gateway calls it.</summary>
    public ServingSettings Serving { get; }

    /// <summary>The exact partials it was made with, those inside others and the safety layers included, by name.</summary>
    public ImmutableArray<PartialId> Partials { get; }

    /// <summary>Whether the caller's messages have a place among its own.</summary>
    public bool TakesMessages => messages.HasHistory;

    /// <summary>The variables a caller must give, by name.</summary>
    public ImmutableArray<string> RequiredVariables => variables.Required;

    /// <summary>Builds the package of a submission that has no partials, or says everything that is wrong with it.</summary>
    /// <param name="submission">The manifest with its files.</param>
    /// <param name="model">The model that its <see cref="Submission.Model"/> stands for now.</param>
    public static PackageBuild Build(Submission submission, ModelReference model) => Build(submission, model, []);

    /// <summary>Builds the package of a submission, or says everything that is wrong with it.</summary>
    /// <param name="submission">The manifest with its files.</param>
    /// <param name="model">The model that its <see cref="Submission.Model"/> stands for now.</param>
    /// <param name="partials">The exact partials that it and its safety layers stand on, with those inside them.</param>
    public static PackageBuild Build(Submission submission, ModelReference model, IReadOnlyCollection<PinnedPartial> partials)
    {
        ArgumentNullException.ThrowIfNull(submission);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(partials);
        try
        {
            return PackageDocument.Of(submission, model, partials) switch
            {
                PackageDocument.Written written => Load(CanonicalJson.Of(written.Json)),
                PackageDocument.Refused refused => new PackageBuild.Refused(refused.Errors),
                _ => throw new InvalidOperationException("A document is written or refused."),
            };
        }
        catch (JsonException exception)     // each part is right, the whole is too deep
        {
            return Refuse($"The package cannot be written: {exception.Message}");
        }
    }

    /// <summary>Reads a package from the bytes of its object.</summary>
    public static PackageBuild Load(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonElement.Parse(json);
            var errors = new List<string>();
            return PackageParts.Read(document, errors) is { } parts ? new PackageBuild.Built(new Package(json.ToArray(), document, parts)) : new PackageBuild.Refused([.. errors]);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or ArgumentException)
        {
            return Refuse($"The object is not a package: {exception.Message}");
        }
    }

    /// <summary>The messages that go to the model: the templates filled with the variables, the caller's messages in their place.</summary>
    /// <param name="values">The variables by name; null means none.</param>
    /// <param name="conversation">The caller's messages, passed on as they are, as far back as <see cref="Memory"/> reaches.</param>
    public PromptRendering Render(JsonElement? values, IReadOnlyList<ChatMessage> conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return ProblemsOf(values, conversation, out var complete) is { Length: > 0 } problems ? new PromptRendering.Refused(problems) : messages.Render(complete, conversation, FirstRemembered(conversation));
    }

    /// <summary>Renders the messages without asking whether the variables are allowed, with the defaults of those that are missing: to see what stands around them.</summary>
    /// <param name="values">An object of variables by name.</param>
    /// <param name="conversation">As for <see cref="Render"/>.</param>
    internal PromptRendering RenderUnchecked(JsonElement values, IReadOnlyList<ChatMessage> conversation) => messages.Render(variables.Filled(values), conversation, FirstRemembered(conversation));

    /// <summary>Writes the messages that go to the model as a JSON list, in OpenAI's shape, for a request's body. Where all fits and the caller has none, it allocates nothing.</summary>
    /// <param name="output">Receives the list; what it received is worth nothing where something is wrong.</param>
    /// <param name="values">The variables by name; null means none.</param>
    /// <param name="conversation">The caller's messages, as far back as <see cref="Memory"/> reaches.</param>
    /// <returns>Everything that is wrong; empty where the list was written.</returns>
    public ImmutableArray<VariableProblem> WriteMessages(IBufferWriter<byte> output, JsonElement? values, IReadOnlyList<ChatMessage> conversation)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(conversation);
        return ProblemsOf(values, conversation, out var complete) is { Length: > 0 } problems ? problems : messages.Write(output, complete, conversation, FirstRemembered(conversation));
    }

    /// <summary>The answer as it is checked and given on.</summary>
    public string Finish(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return PostProcessing.IsEmpty ? answer : Prompts.PostProcessing.Apply(PostProcessing, answer);
    }

    /// <summary>What of an answer does not fit the output contract, a sentence each; empty where all fits.</summary>
    /// <param name="answer">Finished.</param>
    public ImmutableArray<string> Check(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Output is null ? [] : [.. Output.Validate(Encoding.UTF8.GetBytes(answer)).Select(violation => violation.Message)];
    }

    /// <summary>What of the calls of an answer does not fit the tools, a sentence each; empty where each call names a tool and its arguments fit.</summary>
    /// <remarks>An answer of calls is held against this instead of the output contract: its text, if it has one, only goes with the calls.</remarks>
    /// <param name="calls">As OpenAI's <c>tool_calls</c>.</param>
    public ImmutableArray<string> CheckToolCalls(JsonElement calls) => tools.Check(calls);

    /// <summary>What an answer chose: the value of the first required property of the output schema that has an <c>enum</c>; null without one.</summary>
    /// <param name="answer">Finished.</param>
    public string? RouteOf(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return route is null ? null : AnswerRoute.In(answer, route);
    }

    private ImmutableArray<VariableProblem> ProblemsOf(JsonElement? values, IReadOnlyList<ChatMessage> conversation, out JsonElement complete)
    {
        complete = default;
        return conversation.Count > 0 && !messages.HasHistory
            ? [new VariableProblem(null, "The prompt takes no messages of the caller's: its own have no placeholder for them.")]
            : variables.Complete(values, out complete);
    }

    private int FirstRemembered(IReadOnlyList<ChatMessage> conversation)
    {
        if (Memory is null) return 0;
        var questions = conversation.Index().Where(message => message.Item.Role == "user").Select(message => message.Index).ToList();
        return questions.Count <= Memory.Turns ? 0 : questions[^Memory.Turns];
    }

    private static PackageBuild.Refused Refuse(string why) => new([why]);
}

/// <summary>A partial with its text.</summary>
/// <param name="Id">Which version of which partial.</param>
/// <param name="Text">Its template.</param>
public sealed record PinnedPartial(PartialId Id, string Text)
{
    /// <summary>What is wrong with the text of a new partial, a sentence each; empty where nothing is.</summary>
    /// <param name="text">Its template.</param>
    /// <param name="inside">The partials it includes, with those inside them.</param>
    public static ImmutableArray<string> ErrorsIn(string text, IEnumerable<PinnedPartial> inside) => Template.Parse(text, PackageDocument.Texts(inside)) is TemplateParse.Refused refused
        ? [.. refused.Errors.Select(error => $"The text is wrong at line {error.Line}, column {error.Column}: {error.Message}")]
        : [];
}

/// <summary>A package, or all that is wrong with what it was to be made of.</summary>
public abstract record PackageBuild
{
    private PackageBuild() { }

    /// <summary>It is right.</summary>
    /// <param name="Package">Ready to serve.</param>
    public sealed record Built(Package Package) : PackageBuild;

    /// <summary>It is wrong.</summary>
    /// <param name="Errors">One sentence each.</param>
    public sealed record Refused(ImmutableArray<string> Errors) : PackageBuild;
}

/// <summary>The messages for the model, or what is wrong with the variables.</summary>
public abstract record PromptRendering
{
    private PromptRendering() { }

    /// <summary>It could be rendered.</summary>
    /// <param name="Messages">In the order in which the model gets them.</param>
    public sealed record Done(ImmutableArray<ChatMessage> Messages) : PromptRendering;

    /// <summary>It could not.</summary>
    /// <param name="Problems">All of them.</param>
    public sealed record Refused(ImmutableArray<VariableProblem> Problems) : PromptRendering;
}

/// <summary>What is wrong with a variable.</summary>
/// <param name="Variable">Its name; null where the problem is not one variable's.</param>
/// <param name="Message">One sentence.</param>
public sealed record VariableProblem(string? Variable, string Message);
