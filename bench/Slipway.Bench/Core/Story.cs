using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Bench.Core;

/// <summary>The journal of an installation where many prompts are worked on for a long time, made by the commands that people and controllers give.</summary>
internal sealed class Story
{
    /// <summary>The administrator's key in every story.</summary>
    public const string Secret = "slw_for_measuring_only";

    private static readonly MemberName Admin = Member("admin"), Ana = Member("ana"), Boris = Member("boris"), Clara = Member("clara"), Dora = Member("dora");
    private static readonly GoldenSetId GoldenSet = Samples.Parse<GoldenSetId>("support_router_golden:v4");
    private static readonly Package Package = Samples.Package(Samples.Template(400, Samples.Variables));

    private static readonly ReleasePlanDocument Plan = new()
    {
        Steps = [.. ((string[])["10%", "50%", "100%"]).Select(step => PlanStep.FromShare(Samples.Parse<Share>(step)))],
        MinimumTime = Duration.Zero,
        Observe = Duration.Zero,
        Guardrails = ImmutableSortedDictionary<string, string>.Empty.Add("error_rate", "<= baseline + 3pp").Add("schema_pass_rate", ">= baseline - 2pp"),
        Watcher = Dora,
    };

    private readonly Queue<JournalEntry> appended = new();
    private DateTimeOffset now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private Registry state = Registry.Empty;

    private Story()
    {
    }

    /// <summary>Writes a story into a new journal.</summary>
    public static void Write(SqliteJournal journal, int events, int prompts)
    {
        journal.Put(Package.Hash, Package.Json);        // all versions of a story have the same
        foreach (var entries in Tell(events, prompts).Chunk(1_000))
            if (!journal.Append(entries[0].Sequence - 1, [.. entries])) throw new InvalidOperationException("The journal is not new.");
    }

    /// <summary>Writes an installation into a new journal where every prompt is in the middle of its second release.</summary>
    /// <param name="journal">New.</param>
    /// <param name="prompts">How many.</param>
    /// <param name="plan">The contract of each.</param>
    /// <param name="now">When the last of them was started.</param>
    public static void WriteCanaries(SqliteJournal journal, int prompts, ReleasePlanDocument plan, DateTimeOffset now)
    {
        journal.Put(Package.Hash, Package.Json);
        var story = new Story { now = now - TimeSpan.FromSeconds(20 * prompts) };
        // Who holds the only key reports calls too.
        var begin = Begin().Append(new AddMember(Admin, Admin, [Role.Admin, Role.Application]));
        foreach (var command in begin.Concat(Enumerable.Range(0, prompts).SelectMany(number => story.Release(Prompt(number), 0, 0).Concat(story.Start(Prompt(number), plan))))) story.Do(command);
        foreach (var entries in story.appended.Chunk(1_000))
            if (!journal.Append(entries[0].Sequence - 1, [.. entries])) throw new InvalidOperationException("The journal is not new.");
    }

    /// <summary>A prompt of every story.</summary>
    public static PromptName Prompt(int number) => Samples.Parse<PromptName>(string.Create(CultureInfo.InvariantCulture, $"team_{number % 20}/prompt_{number}"));

    private static IEnumerable<JournalEntry> Tell(int events, int prompts)
    {
        var story = new Story();
        var steps = Begin().Concat(Enumerable.Range(0, int.MaxValue).SelectMany(turn => story.Release(Prompt(turn % prompts), turn / prompts, turn)));
        foreach (var command in steps)
        {
            story.Do(command);
            while (story.appended.TryDequeue(out var entry))
            {
                yield return entry;
                if (entry.Sequence == events) yield break;
            }
        }
    }

    // Each command is made when the one before it is done: it may ask the state.
    private static IEnumerable<Command> Begin()
    {
        yield return new InitializeAccess(ContentHash.Of(Encoding.UTF8.GetBytes(Secret)));
        foreach (var (member, role) in ((MemberName, Role)[])[(Ana, Role.Author), (Boris, Role.Reviewer), (Clara, Role.ReleaseOwner), (Dora, Role.OnCall)])
            yield return new AddMember(Admin, member, [role]);
        yield return new SetModelAlias(Admin, "production-default", Package.Model);
        yield return new PushGoldenSet(Ana, GoldenSet, Package.Hash, new GoldenSetCounts(180, 0, ImmutableSortedDictionary<CaseKind, int>.Empty.Add(CaseKind.Normal, 180)));
    }

    /// <summary>A version from its submission to its end: most go live, some are taken back, some are never started.</summary>
    private IEnumerable<Command> Release(PromptName prompt, int minor, int turn)
    {
        var version = Version(prompt, minor);
        var live = state.Releases.Live(prompt, EnvironmentName.Production)?.Version;
        foreach (var command in Evaluate(version, live)) yield return command;
        if (live is null)
        {
            yield return new AssignDuties(Ana, prompt, new DutiesChange { BackupOwner = Boris });
            yield return new BootstrapRelease(Ana, version, EnvironmentName.Production, "It is what runs today.", "");
            yield return new BootstrapRelease(Boris, version, EnvironmentName.Production, "Reads as it did in the code.", $"salt-{version}");
            yield break;
        }
        yield return new ProposeRelease(Ana, version, EnvironmentName.Production, Plan);
        var release = new ReleaseId(state.Releases.All.Count);
        if (turn % 10 == 9)
        {
            yield return new ReleaseCommand.Decline(Boris, release, "The answer to angry customers reads like an accusation.");
            yield break;
        }
        yield return new ReleaseCommand.Approve(Boris, release, "Account recovery is clearly better and nothing else got worse.");
        yield return new ReleaseCommand.Start(Clara, release, $"salt-{release}");
        var plan = state.Releases.Find(release)!.Plan;
        yield return new ReleaseCommand.Advance(MemberName.System, release, 1, "every guardrail is proved", Proof(plan, safe: 22));
        if (turn % 5 == 4)
        {
            yield return new ReleaseCommand.Freeze(Dora, release, "Two complaints about the tone, looking at them.", []);
            yield return new ReleaseCommand.RollBack(Dora, release, "It calls customers by their family name.", Proof(plan, safe: 3));
            yield break;
        }
        yield return new ReleaseCommand.Advance(MemberName.System, release, 2, "every guardrail is proved", Proof(plan, safe: 867));
    }

    private IEnumerable<Command> Start(PromptName prompt, ReleasePlanDocument plan)
    {
        var version = Version(prompt, 1);
        foreach (var command in Evaluate(version, Version(prompt, 0))) yield return command;
        yield return new ProposeRelease(Ana, version, EnvironmentName.Production, plan);
        var release = new ReleaseId(state.Releases.All.Count);
        yield return new ReleaseCommand.Approve(Boris, release, "Account recovery is clearly better and nothing else got worse.");
        yield return new ReleaseCommand.Start(Clara, release, $"salt-{release}");
    }

    private IEnumerable<Command> Evaluate(VersionId version, VersionId? live)
    {
        var newest = VersionLine.Newest(state.Prompts.Find(version.Prompt), version.Number);
        yield return new SubmitVersion(Ana, SubmissionOf(version) with { BasedOn = newest?.Id.Number }, Package, newest is null ? null : Package);
        yield return new RecordEvaluation(Ana, new EvaluationRecorded(Package.Hash, version, live, GoldenSet, GateVerdict.Pass,
            ["schema_pass_rate is 99.8%, required >= 99.5%", "route_accuracy is 91%, required >= baseline - 1pp, that is 89% (baseline 90%)"]));
    }

    private static VersionId Version(PromptName prompt, int minor) => new(prompt, Samples.Parse<VersionNumber>(string.Create(CultureInfo.InvariantCulture, $"1.{minor}.0")));

    private void Do(Command command)
    {
        now += TimeSpan.FromSeconds(1);
        if (command.Decide(state, now) is not Verdict.Accept accept) throw new InvalidOperationException($"The story went wrong: {command}");
        foreach (var happened in accept.Events)
        {
            var entry = JournalEntry.Next(state.Head, state.HeadHash, now, command.By, $"command-{state.Head}", happened);
            state = state.Apply(entry);
            appended.Enqueue(entry);
        }
    }

    private static Submission SubmissionOf(VersionId version) => new()
    {
        Prompt = version.Prompt,
        Version = version.Number,
        Owner = Ana,
        Model = "production-default",
        Template = Package.Document.GetProperty("messages")[0].GetProperty("template").GetString(),
        Schema = Package.Document.GetProperty("output").GetProperty("schema"),
        GoldenSet = GoldenSet,
        ChangeReason = "Improve account recovery routing without increasing billing misroutes.",
        ExpectedEffect = "Account recovery accuracy up, billing unchanged",
        CheckAfterRelease = "200 dialogs in the first 48 h; escalation rate",
        ChangeKind = new ChangeKinds(ChangeKind.Meaning),
    };

    private static ImmutableArray<GuardrailEvidence> Proof(ReleasePlan plan, double safe) =>
        [.. plan.Guardrails.Select(guardrail => new GuardrailEvidence(guardrail, 234, 1, 1911, 7, 234, 1.0625, 200, safe, 20))];

    private static MemberName Member(string name) => Samples.Parse<MemberName>(name);
}
