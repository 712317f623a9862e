using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;

namespace Slipway.Client;

/// <summary>All that a model is to be asked, or why there is nothing to ask.</summary>
public abstract record RenderAnswer
{
    private RenderAnswer() { }

    /// <summary>A version, rendered.</summary>
    public sealed record Rendered : RenderAnswer
    {
        internal Rendered(Decision.Serve decision, Package package, ImmutableArray<ChatMessage> messages, RenderRequest request) =>
            (Decision, Package, Messages, Request) = (decision, package, messages, request);

        /// <summary>Which version, on which side of which release, and why.</summary>
        public Decision.Serve Decision { get; }

        /// <summary>Everything that decides the version's behaviour; it also checks answers.</summary>
        public Package Package { get; }

        /// <summary>What the model gets, in order.</summary>
        public ImmutableArray<ChatMessage> Messages { get; }

        /// <summary>The version.</summary>
        public VersionId Version => Decision.Served.Version;

        /// <summary>Stable or candidate.</summary>
        public Arm Arm => Decision.Arm;

        /// <summary>The active release; null where there is none.</summary>
        public ReleaseId? Release => Decision.Release;

        /// <summary>The revision of the prompt's routing record.</summary>
        public long Revision => Decision.Revision;

        /// <summary>Why this version.</summary>
        public ResolveReason Reason => Decision.Reason;

        /// <summary>The dated model to call.</summary>
        public ModelReference Model => Package.Model;

        /// <summary>What goes to the model beside the messages, in the words of OpenAI's API; an object, perhaps empty.</summary>
        public JsonElement Parameters => Package.Parameters;

        /// <summary>The functions the model may call, as OpenAI's <c>tools</c>; null for none.</summary>
        public JsonElement? Tools => Package.Tools;

        /// <summary>The JSON Schema an answer must fit; null where any will do.</summary>
        public JsonElement? OutputSchema => Package.Document.TryGetProperty("output", out var output) ? output.GetProperty("schema") : null;

        /// <summary>What is done with an answer that breaks its contract.</summary>
        public ContractPolicy ContractPolicy => Request.Route.Policy.Contract;

        internal RenderRequest Request { get; }

        /// <summary>The answer as it is to be used: what the version's post-processing makes of it, and what of it breaks the contract.</summary>
        /// <param name="text">The model's answer.</param>
        /// <param name="toolCalls">The functions it calls, as OpenAI's <c>tool_calls</c>; null for none. Then they are checked, and not the text.</param>
        public CheckedAnswer Check(string text, JsonElement? toolCalls = null)
        {
            ArgumentNullException.ThrowIfNull(text);
            var finished = Package.Finish(text);
            return new CheckedAnswer(finished, toolCalls is { } calls ? Package.CheckToolCalls(calls) : Package.Check(finished));
        }

        /// <summary>The record of a call that was made with this, ready for <see cref="ISlipwayClient.Report"/>.</summary>
        public CallRecord Call(CallFacts facts) => Request.Record(Decision, Package, Messages, facts);

        /// <summary>The stable version rendered for the same request; this one where it is stable.</summary>
        internal RenderAnswer Stable() => Arm == Arm.Stable || Request.Stable is not { } stable ? this
            : Request.Render(Decision with { Served = Request.Route.Stable, Arm = Arm.Stable }, stable);
    }

    /// <summary>There is nothing to ask.</summary>
    public sealed record Refused : RenderAnswer
    {
        internal Refused(RenderRefusal why, string message, ImmutableArray<VariableProblem> problems, Decision.Serve? decision = null, Package? package = null, RenderRequest? request = null) =>
            (Why, Message, Problems, Decision, Package, Request) = (why, message, problems, decision, package, request);

        /// <summary>Of which kind the reason is.</summary>
        public RenderRefusal Why { get; }

        /// <summary>A sentence for whoever runs the application.</summary>
        public string Message { get; }

        /// <summary>What is wrong with the variables, one by one; empty where they are not the reason.</summary>
        public ImmutableArray<VariableProblem> Problems { get; }

        /// <summary>The version that could not be rendered; null where there is none.</summary>
        public Decision.Serve? Decision { get; }

        internal Package? Package { get; }

        internal RenderRequest? Request { get; }

        /// <summary>The record of a call that could not be made, ready for <see cref="ISlipwayClient.Report"/>: a candidate that asks for more than the application gives fails all its units, and a release must see that.</summary>
        /// <returns>Null where there is no version to blame.</returns>
        public CallRecord? Call() => Decision is null || Package is null || Request is null ? null : Request.Record(Decision, Package, [], new CallFacts { Latency = TimeSpan.Zero, Error = Message });
    }
}

/// <summary>Why a prompt could not be rendered.</summary>
public enum RenderRefusal
{
    /// <summary>Nothing was heard from the server yet, and nothing was kept from before.</summary>
    NotReady,
    /// <summary>No version of the prompt is live in the environment.</summary>
    UnknownPrompt,
    /// <summary>The variables are not those that the version takes.</summary>
    WrongVariables,
}

/// <summary>An answer as it is to be used.</summary>
/// <param name="Text">After the version's post-processing.</param>
/// <param name="Violations">What breaks the contract, a sentence each; empty where nothing does.</param>
public sealed record CheckedAnswer(string Text, ImmutableArray<string> Violations)
{
    /// <summary>Whether the contract is kept.</summary>
    public bool Kept => Violations.IsEmpty;
}

/// <summary>What became of one model call that the application made itself.</summary>
public sealed record CallFacts
{
    /// <summary>The model's answer; empty where it only called tools, null where none came.</summary>
    public string? Text { get; init; }

    /// <summary>The functions the answer calls, as OpenAI's <c>tool_calls</c>; null for none.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>From the first byte sent to the last received.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>To the first piece of a streamed answer; null where it was not streamed.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Whether the answer was streamed.</summary>
    public bool Streamed { get; init; }

    /// <summary>When the call began, UTC; null: when the prompt was rendered.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The W3C trace id, 32 hexadecimal digits; null: that of the current activity, or a random one.</summary>
    public string? TraceId { get; init; }

    /// <summary>Who answered; null: the provider that the version names.</summary>
    public string? Provider { get; init; }

    /// <summary>What answered; null: the model that the version names.</summary>
    public string? Model { get; init; }

    /// <summary>Why the model stopped: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>; null where no answer came.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Whether the model refused in words of its own.</summary>
    public bool Refused { get; init; }

    /// <summary>Tokens in; null where the provider did not say.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens out; null where the provider did not say.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Of the tokens in, those the provider had in its cache; null where it did not say.</summary>
    public int? CachedTokens { get; init; }

    /// <summary>Attempts after the first.</summary>
    public int Retries { get; init; }

    /// <summary>What answered instead; null where nothing did.</summary>
    public string? Fallback { get; init; }

    /// <summary>What was done about a broken contract: <c>observed</c>, <c>retried</c>, <c>fell_back</c> or <c>rejected</c>; null where it was kept.</summary>
    public string? ContractAction { get; init; }

    /// <summary>Why no answer came, in a sentence; null where one did.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the application gave up before the answer was complete.</summary>
    public bool Abandoned { get; init; }
}
