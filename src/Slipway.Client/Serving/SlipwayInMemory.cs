using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Client.Serving;
using Slipway.Core.Calls;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <summary>A double of <see cref="SlipwayClient"/> for an application's own tests: no server, no network, no disk. It resolves and renders as the real one does, and remembers what it was asked and told.</summary>
/// <remarks>Safe to use from any thread; what is set counts from the next request on.</remarks>
public sealed class SlipwayInMemory : ISlipwayClient
{
    private readonly EnvironmentName environment;
    private readonly RoutingTable table;
    private readonly PromptDesk desk;
    private readonly Lock gate = new();
    private ImmutableList<AskedPrompt> asked = [];
    private ImmutableList<CallRecord> calls = [];
    private ImmutableList<CallOutcomeDocument> outcomes = [];
    private ImmutableDictionary<string, Entry> entries = ImmutableDictionary.Create<string, Entry>(StringComparer.Ordinal);
    private long revision;

    /// <summary>An environment that nothing is live in.</summary>
    /// <param name="environment">Null for production.</param>
    /// <param name="clock">Null for the system's.</param>
    public SlipwayInMemory(EnvironmentName? environment = null, TimeProvider? clock = null)
    {
        this.environment = environment ?? EnvironmentName.Production;
        table = new RoutingTable(this.environment);
        desk = new PromptDesk(this.environment, table, () => CutOff, clock ?? TimeProvider.System);
    }

    /// <summary>Whether to serve as a client does that has not heard from its server for ten seconds: stable, for the reason <see cref="ResolveReason.LeaseExpired"/>.</summary>
    public bool CutOff { get; set; }

    /// <summary>What was asked for so far, in order.</summary>
    public IReadOnlyList<AskedPrompt> Asked => Volatile.Read(ref asked);

    /// <summary>The calls that were reported so far, in order.</summary>
    public IReadOnlyList<CallRecord> Calls => Volatile.Read(ref calls);

    /// <summary>The outcomes that were reported so far, in order.</summary>
    public IReadOnlyList<CallOutcomeDocument> Outcomes => Volatile.Read(ref outcomes);

    /// <summary>A package of a template and what goes with it.</summary>
    /// <param name="template">A system message; the caller's messages follow.</param>
    /// <param name="schema">The JSON Schema of the answer; null for none.</param>
    /// <param name="tools">As OpenAI's <c>tools</c>; null for none.</param>
    /// <param name="parameters">As OpenAI's API has them; null for none.</param>
    /// <param name="model"><c>PROVIDER/MODEL</c>.</param>
    /// <exception cref="ArgumentException">It cannot be a package; the message says all that is wrong.</exception>
    public static Package PackageOf(string template, string? schema = null, string? tools = null, string? parameters = null, string model = "offline/offline-2026-11") => PackageOf(new Submission
    {
        Prompt = Parse<PromptName>("prompt"),
        Model = model,
        ChangeReason = "For a test.",
        Template = template,
        Schema = Json(schema),
        Tools = Json(tools),
        Parameters = Json(parameters),
    });

    /// <summary>The package of a manifest whose model is named as <c>PROVIDER/MODEL</c> and that has no partials.</summary>
    /// <exception cref="ArgumentException">It cannot be a package; the message says all that is wrong.</exception>
    public static Package PackageOf(Submission manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return Built(Package.Build(manifest, Parse<ModelReference>(manifest.Model)));
    }

    /// <summary>The package of the JSON that the server has of it.</summary>
    /// <exception cref="ArgumentException">It is no package; the message says why.</exception>
    public static Package PackageOf(ReadOnlySpan<byte> json) => Built(Package.Load(json));

    /// <summary>Makes a version live.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="package">What it does.</param>
    /// <exception cref="ArgumentException">A name or a number does not have its form.</exception>
    public SlipwayInMemory Live(string prompt, string version, Package package) => Change(prompt, package, entry => entry with { Stable = Named(prompt, version, package), Candidate = null });

    /// <summary>Releases a version beside the one that is live.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="package">What it does.</param>
    /// <param name="share">Of the units that are named; all where it is 100%.</param>
    /// <param name="conditions">Which requests may get it; none means all.</param>
    /// <exception cref="ArgumentException">A name, a number or a share does not have its form.</exception>
    /// <exception cref="InvalidOperationException">Nothing is live to release it beside.</exception>
    public SlipwayInMemory Candidate(string prompt, string version, Package package, string share = "100%", params ReadOnlySpan<Condition> conditions)
    {
        ImmutableArray<Condition> all = [.. conditions];
        return Change(prompt, package, entry => entry with { Candidate = new CandidateRoute(new ReleaseId(1), Named(prompt, version, package), Parse<Share>(share), "in-memory", 1, new Eligibility(all)) });
    }

    /// <summary>Ends the release: everybody gets what is live.</summary>
    public SlipwayInMemory RollBack(string prompt) => Change(prompt, null, entry => entry with { Candidate = null });

    /// <summary>Gives a tenant, or who asks for a model, a version of its own.</summary>
    public SlipwayInMemory Variant(string prompt, string? tenant, string? model, string version, Package package) =>
        Change(prompt, package, entry => entry with { Variants = entry.Variants.SetItem(new VariantKey(tenant, model), Named(prompt, version, package)) });

    /// <summary>Says what is done with answers that break their contract; without it they are observed.</summary>
    public SlipwayInMemory OnBrokenContract(string prompt, ContractPolicy policy) => Change(prompt, null, entry => entry with { Policy = entry.Policy with { Contract = policy } });

    /// <inheritdoc/>
    public Decision Resolve(string prompt, string? unit = null, CallContext? context = null)
    {
        Add(ref asked, new AskedPrompt(prompt, unit, context, null));
        return desk.Resolve(prompt, unit, context);
    }

    /// <inheritdoc/>
    public ValueTask<Decision> ResolveAsync(string prompt, string? unit = null, CallContext? context = null, CancellationToken cancellation = default) =>
        ValueTask.FromResult(Resolve(prompt, unit, context));

    /// <inheritdoc/>
    public RenderAnswer Render(string prompt, object? variables = null, string? unit = null, IReadOnlyList<ChatMessage>? conversation = null, CallContext? context = null)
    {
        Add(ref asked, new AskedPrompt(prompt, unit, context, Variables.Of(variables, out _)));
        return desk.Render(prompt, variables, unit, conversation, context);
    }

    /// <inheritdoc/>
    public ValueTask<RenderAnswer> RenderAsync(
        string prompt, object? variables = null, string? unit = null, IReadOnlyList<ChatMessage>? conversation = null, CallContext? context = null, CancellationToken cancellation = default) =>
        ValueTask.FromResult(Render(prompt, variables, unit, conversation, context));

    /// <inheritdoc/>
    public void Report(CallRecord call) => Add(ref calls, call);

    /// <inheritdoc/>
    public void ReportOutcome(CallOutcomeDocument outcome) => Add(ref outcomes, outcome);

    private static void Add<T>(ref ImmutableList<T> list, T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ImmutableInterlocked.Update(ref list, static (all, next) => all.Add(next), item);
    }

    private SlipwayInMemory Change(string prompt, Package? package, Func<Entry, Entry> change)
    {
        lock (gate)
        {
            var entry = change(entries.GetValueOrDefault(prompt) ?? Entry.Empty);
            if (entry.Stable is not { } stable) throw new InvalidOperationException($"No version of {prompt} is live: name it with Live first.");
            entries = entries.SetItem(prompt, entry);
            table.Serve(new Route(stable.Version.Prompt, ++revision, stable, entry.Candidate, null, entry.Policy, entry.Variants.ToFrozenDictionary()), package);
            return this;
        }
    }

    private static ServedVersion Named(string prompt, string version, Package package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return new ServedVersion(new VersionId(Parse<PromptName>(prompt), Parse<VersionNumber>(version)), package.Hash);
    }

    private static Package Built(PackageBuild build) => build switch
    {
        PackageBuild.Built built => built.Package,
        PackageBuild.Refused refused => throw new ArgumentException(string.Join(" ", refused.Errors)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static T Parse<T>(string text) where T : ITextValue<T> => T.TryParse(text, out var value) ? value : throw new ArgumentException($"\"{text}\" does not fit: it must be {T.Form}.", nameof(text));

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);

    private sealed record Entry(ServedVersion? Stable, CandidateRoute? Candidate, ImmutableDictionary<VariantKey, ServedVersion> Variants, ServingPolicy Policy)
    {
        public static Entry Empty { get; } = new(null, null, ImmutableDictionary<VariantKey, ServedVersion>.Empty, ServingPolicy.Default);
    }
}

/// <summary>What a <see cref="SlipwayInMemory"/> was asked for.</summary>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Unit">The sticky unit; null for none.</param>
/// <param name="Context">What else was known; null for nothing.</param>
/// <param name="Variables">The variables; null for none, or where only a version was asked for.</param>
public sealed record AskedPrompt(string Prompt, string? Unit, CallContext? Context, JsonElement? Variables);
