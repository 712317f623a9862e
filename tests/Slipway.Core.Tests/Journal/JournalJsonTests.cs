using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Journal;

public sealed partial class JournalJsonTests
{
    private const string Approval = """{"event":"release_approved.v1","note":"fine","release":"rel-1"}""";

    private static readonly Installation Told = Story.Tell();

    private static readonly Type[] Events = [.. typeof(JournalEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JournalEvent)) && !type.IsAbstract)];

    /// <summary>The events without the shapes that others followed.</summary>
    private static readonly Type[] CurrentEvents = [.. Events.Where(type => !OldShape().IsMatch(type.Name))];

    public static TheoryData<long> Sequences => [.. Told.Entries.Select(entry => entry.Sequence)];


    [Theory]
    [MemberData(nameof(Sequences))]
    public void Every_event_reads_back_as_it_was_written(long sequence)
    {
        var entry = Told.Entries[(int)sequence - 1];
        var read = entry.Read();
        Assert.Equal(entry.Event, JournalJson.Serialize(read));
        Assert.NotEmpty(read.Sentence);
        Assert.DoesNotContain("\"sentence\":", string.Concat(JsonNode.Parse(entry.Event)!.AsObject().Select(field => $"\"{field.Key}\":")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_story_these_tests_tell_has_every_event() =>
        Assert.Equal(CurrentEvents.Select(type => type.Name).Order(StringComparer.Ordinal), Told.Entries.Select(entry => entry.Read().GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_event_has_one_name_with_a_number()
    {
        var named = typeof(JournalEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().ToList();
        Assert.Equal(Events.Select(type => type.Name).Order(StringComparer.Ordinal), named.Select(name => name.DerivedType.Name).Order(StringComparer.Ordinal));
        Assert.Equal(named.Count, named.Select(name => name.TypeDiscriminator).Distinct().Count());
        Assert.All(named, name => Assert.Matches(@"^[a-z]+(_[a-z]+)*\.v[1-9][0-9]*\z", (string)name.TypeDiscriminator!));
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Every_entry_reads_back_as_it_was_written(long sequence)
    {
        var entry = Told.Entries[(int)sequence - 1];
        Assert.Equal(entry, Read(Line(entry)));
    }

    [Fact]
    public void Any_text_a_person_writes_reads_back() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<string>().Select(text => new string([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]) + "\u2028😀\0").ToArbitrary(),
        note => Assert.Equal(new ReleaseApproved(new ReleaseId(1), note), JournalJson.Deserialize(JournalJson.Serialize(new ReleaseApproved(new ReleaseId(1), note)), 1)))
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"event":"release_paused.v1","release":"rel-1"}""")]
    [InlineData("""{"event":"release_approved.v2","note":"fine","release":"rel-1"}""")]
    [InlineData("""{"event":"release_approved.v1","note":"fine","release":"rel-1","weight":"5%"}""")]
    [InlineData("""{"event":"release_approved.v1","Note":"fine","note":"fine","release":"rel-1"}""")]
    [InlineData("""{"event":"release_approved.v1","release":"rel-1"}""")]
    [InlineData("""{"event":"release_approved.v1","note":null,"release":"rel-1"}""")]
    [InlineData("""{"event":"release_approved.v1","note":"fine","release":"1"}""")]
    [InlineData("""{"event":"member_added.v1","member":"ana","roles":["auditor"]}""")]
    [InlineData("""{"event":"member_added.v1","member":"ana","roles":[1]}""")]
    [InlineData("""{"event":"member_added.v1","member":"ana"}""")]
    [InlineData("""{"note":"fine","release":"rel-1"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    public void What_this_build_does_not_know_is_refused_naming_the_entry(string json)
    {
        var exception = Assert.Throws<UnknownEventException>(() => JournalJson.Deserialize(json, 17));
        Assert.Equal(17, exception.Sequence);
        Assert.StartsWith("Journal entry 17 holds an event this build does not know; it was written by a newer one. Start that build.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schema_pass_rate", "satisfaction_rate")]
    [InlineData(">= baseline - 2pp", ">= baseline - 2 sigma")]
    public void A_plan_with_a_guardrail_of_a_newer_build_is_refused_naming_the_entry(string known, string unknown)
    {
        var proposal = Told.Entries.First(entry => entry.Event.Contains(known, StringComparison.Ordinal));
        var exception = Assert.Throws<UnknownEventException>(() => JournalJson.Deserialize(proposal.Event.Replace(known, unknown, StringComparison.Ordinal), proposal.Sequence));
        Assert.Equal(proposal.Sequence, exception.Sequence);
    }

    [Fact]
    public void An_unknown_event_stops_the_fold()
    {
        var entry = JournalEntry.Next(0, JournalEntry.Genesis, Some.Noon, Some.Boris, "c", JournalJson.Deserialize(Approval, 1)) with { Event = """{"event":"member_left.v1","member":"ana"}""" };
        Assert.Equal(1, Assert.Throws<UnknownEventException>(() => Registry.Empty.Apply(entry)).Sequence);
    }

    [Theory]
    [InlineData("command")]
    [InlineData("hash")]
    [InlineData("previous")]
    [InlineData("time")]
    public void An_entry_that_lacks_a_field_is_no_entry(string field)
    {
        var entry = JsonNode.Parse(Line(Told.Entries[3]))!.AsObject();
        entry.Remove(field);
        Assert.Throws<JsonException>(() => Read(entry.ToJsonString()));
    }

    /// <summary>These lines were written by the first version of Slipway. Whatever changes, they must stay readable and right.</summary>
    [Fact]
    public void A_journal_written_by_the_first_version_still_verifies_and_folds()
    {
        var state = Folded(version: 1, events: 17);
        Assert.Equal([ReleaseState.Completed, ReleaseState.Declined, ReleaseState.Cancelled, ReleaseState.RolledBack], state.Releases.All.Values.Select(release => release.State));
        Assert.Equal(
            (Some.Version("1.0.0"), Some.Boris, new ReleaseId(4)),
            state.Releases.Live(Some.Prompt, Some.Production) is { } live ? (live.Version, live.ApprovedBy, live.Release) : default);
        Assert.Equal("it sends refunds to sales", state.Releases.Find(new ReleaseId(4))!.Reason);
        Assert.Equal(["10%", "50%", "100%"], state.Releases.Find(new ReleaseId(4))!.Weights.Select(weight => weight.ToString()));
        Assert.Equal(5, state.Prompts.Find(Some.Prompt)!.Versions.Length);
        Assert.Equal("INC-12", state.Prompts.Find(Some.Version("1.4.0"))!.Facts.Linked);
        Assert.Equal(PromptDuties.Open with { Owner = Some.Emil }, state.Prompts.DutiesOf(Some.Prompt));      // its manifest named a member
        Assert.All(state.Releases.All.Values, release => Assert.Null(release.ProposedBecause));
        Assert.True(state.Access.Keys.Values.Single(key => key.Id == "key-2").Revoked);
        Assert.Equal(Some.Model, state.Models.Resolve("production-default"));
        Assert.Equal(180, state.Evaluations.Find(Some.GoldenSet)!.Counts.Cases);
    }

    /// <summary>These lines were written by the second version: every event it knew. Whatever changes, they must stay readable and right.</summary>
    [Fact]
    public void A_journal_written_by_the_second_version_still_verifies_and_folds()
    {
        var state = Folded(version: 2, events: 25);
        Assert.Equal(("1.0.0", 5), (state.Releases.Live(Some.Prompt, Some.Production)?.Version.Number.Text, state.Prompts.Find(Some.Prompt)!.Versions.Length));
        Assert.Equal(["global/privacy@1"], state.Prompts.Find(Some.Version("2.0.0"))!.Facts.Partials.Select(partial => partial.ToString()));
        Assert.Equal([Some.Member("support-leads")], state.Prompts.DutiesOf(Some.Prompt).Reviewers);
        Assert.Equal("pipeline", state.Access.Keys.Values.Single(key => key.Id == "key-3").Note);
        Assert.Equal("a customer's name stood in an answer", Assert.Single(state.Objects.Erased.Values).Reason);
        Assert.Equal(0.1m, state.Models.Find(Some.Model)!.Prices!.CachedInput);
    }

    /// <summary>These lines were written by the third version: every event it knew. Whatever changes, they must stay readable and right.</summary>
    [Fact]
    public void A_journal_written_by_the_third_version_still_verifies_and_folds()
    {
        var state = Folded(version: 3, events: 25);
        Assert.Equal(Story.Serving, state.Prompts.Policy(Some.Prompt).Serving);
        Assert.Contains(state.Releases.All.Values, release => !release.Plan.Eligibility.IsEmpty);
    }

    /// <summary>These lines were written by the fourth version: every event it knew. Whatever changes, they must stay readable and right.</summary>
    [Fact]
    public void A_journal_written_by_the_fourth_version_still_verifies_and_folds()
    {
        var state = Folded(version: 4, events: 25);
        Assert.Equal(Story.Evaluation, state.Prompts.Policy(Some.Prompt).Evaluation);
        Assert.NotEmpty(state.Evaluations.Find(Some.GoldenSet)!.Counts.Kinds!);
    }

    /// <summary>These lines were written by the fifth version: every event it knew. Whatever changes, they must stay readable and right.</summary>
    [Fact]
    public void A_journal_written_by_the_fifth_version_still_verifies_and_folds()
    {
        var state = Folded(version: 5, events: 46);
        Assert.Equal(Story.Releases.Steps, state.Releases.All.Values.Single(release => release.ScheduledBy is not null).Plan.Steps);
        Assert.Contains(state.Releases.All.Values, release => release is { Plan: { AcceptUndecided: true, Judging.SegmentBy: "tier" }, Forecast.Decides: false });
        Assert.Contains(state.Releases.All.Values, release => release is { Plan.Shadow: not null, ShadowStoppedAt: not null });
        Assert.Equal([IncidentState.Closed, IncidentState.Waived, IncidentState.Open], state.Incidents.All.Values.Take(3).Select(incident => incident.State));
        Assert.NotEmpty(state.Staging.All);
        Assert.NotEmpty(state.Releases.Drills);
    }

    private static Registry Folded(int version, int events)
    {
        var (state, chain, seen) = (Registry.Empty, new ChainVerifier(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var line in File.ReadLines(FileOfEntries(version)))
        {
            var entry = Read(line);
            Assert.Null(chain.Next(entry));
            state = state.Apply(entry);
            seen.Add(JsonNode.Parse(entry.Event)!["event"]!.GetValue<string>());
        }
        Assert.Equal(state.Head, chain.Verified);
        Assert.Equal(events, seen.Count);
        return state;
    }

    private static string FileOfEntries(int version) => Path.Combine(Slipway.Tests.Repository.Root, "tests", "Slipway.Core.Tests", "Journal", $"entries.v{version}.jsonl");

    [GeneratedRegex(@"V[0-9]+\z")] private static partial Regex OldShape();

    private static string Line(JournalEntry entry) => JsonSerializer.Serialize(entry, JournalJson.Default.JournalEntry);

    private static JournalEntry Read(string line) => JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry)!;
}
