using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests.Prompts;

/// <summary>Which number a version may have, what it must be made from, and how many kinds of change it may make.</summary>
public sealed class VersionRulesTests
{
    private const string Tool = """[{"type":"function","function":{"name":"refund","parameters":{"type":"object"}}}]""";

    private readonly Installation installation = Some.Installation();

    [Theory]
    [InlineData("Route the ticket with care.", Some.Schema, null, null, "1.4.0")]
    [InlineData("Route the ticket, take  1.3.0.", Some.Schema, null, null, "1.4.0")]
    [InlineData("Route the ticket, take 1.3.0.", "{}", null, null, "2.0.0")]
    [InlineData("Route the ticket, take 1.3.0. {{tier}}", Some.Schema, null, null, "2.0.0")]
    [InlineData("Route the ticket, take 1.3.0. {{tier}}", Some.Schema, """{"tier":{"type":"string","default":"basic"}}""", null, "1.4.0")]
    [InlineData("Route the ticket, take 1.3.0.", Some.Schema, null, Tool, "2.0.0")]
    public void A_version_without_a_number_gets_the_one_its_changes_ask_for(string template, string schema, string? variables, string? tools, string expected)
    {
        var submission = Some.Submission(template: template, schema: schema, variables: variables, basedOn: "1.3.0") with { Version = null, Tools = tools is null ? null : Some.Json(tools) };
        var submitted = Assert.IsType<VersionSubmitted>(Assert.Single(installation.Submit(submission)));
        Assert.Equal((Some.Version(expected), Some.Version("1.3.0").Number), (submitted.Version, submitted.BasedOn));
    }

    [Fact]
    public void The_first_version_without_a_number_is_1_0_0()
    {
        var submitted = Assert.IsType<VersionSubmitted>(Assert.Single(installation.Submit(Some.Submission(prompt: "refunds") with { Version = null })));
        Assert.Equal("refunds:v1.0.0", submitted.Version.ToString());
    }

    [Fact]
    public void A_version_without_a_number_submitted_again_is_the_same_version()
    {
        var submission = Some.Submission(template: "Route with care.") with { Version = null };
        Assert.Single(installation.Submit(submission));
        Assert.Empty(installation.Submit(submission));
    }

    [Fact]
    public void A_calendar_prompt_counts_within_the_day()
    {
        var submission = Some.Submission("2026-03-01.7", prompt: "refunds");
        installation.Submit(submission);
        foreach (var (template, expected) in (ReadOnlySpan<(string, string)>)[("One.", "2026-03-02.1"), ("Two.", "2026-03-02.2")])
            Assert.Equal(expected, Assert.IsType<VersionSubmitted>(Assert.Single(installation.Submit(submission with { Version = null, Template = template }))).Version.Number.Text);
    }

    [Theory]
    [InlineData("1.3.1", "Route the ticket,  take 1.3.0.{{! for the night shift }}", Some.Schema)]
    [InlineData("1.3.1", "Rotue the ticket, take 1.3.0.", Some.Schema)]
    [InlineData("1.4.0", "Route the ticket, take 1.3.0.", Some.Schema)]
    [InlineData("1.9.0", "Route it with care.", Some.Schema)]
    [InlineData("2.0.0", "Route the ticket, take 1.3.0.", "{}")]
    [InlineData("7.0.0", "Route the ticket, take 1.3.0.", Some.Schema)]
    public void A_number_may_rise_by_at_least_what_changed(string number, string template, string schema) =>
        Assert.Single(installation.Submit(Some.Submission(number, template, schema)));

    [Theory]
    [InlineData("1.3.1", "Route it with care.", Some.Schema, "Version 1.3.1 offers a patch change of 1.3.0, but it is a minor one: the messages changed. Call it 1.4.0.")]
    [InlineData("1.3.1", "Route the ticket, take 1.3.1.", Some.Schema, "Version 1.3.1 offers a patch change of 1.3.0, but it is a minor one: the messages changed. Call it 1.4.0.")]
    [InlineData("1.3.1", "Route the ticket, take 1.3.0.", "{}", "Version 1.3.1 offers a patch change of 1.3.0, but it is a major one: the output schema changed. Call it 2.0.0.")]
    [InlineData("1.4.0", "{{tier}}", "{}", "Version 1.4.0 offers a minor change of 1.3.0, but it is a major one: the output schema changed, the required variables changed (tier is new). Call it 2.0.0.")]
    public void A_number_that_promises_less_than_what_changed_is_refused_with_the_right_one(string number, string template, string schema, string sentence) =>
        Assert.Equal(new Refusal(RefusalKind.Invalid, sentence), installation.Refuses(installation.Submitting(Some.Submission(number, template, schema))));

    [Theory]
    [InlineData("Route the ticket to the team.", "Route the ticket to the taem.", true)]
    [InlineData("Route the ticket to the team.", "Route the\n\n  ticket to the team.", true)]
    [InlineData("Route{{! once }} it there.", "Route {{! twice\nor more }}it there.", true)]
    [InlineData("Always answer politely.", "Always answer politley.", true)]
    [InlineData("Answer now.", "Answer not.", false)]
    [InlineData("Answer possible questions.", "Answer impossible questions.", false)]
    [InlineData("At most 10 words.", "At most 100 words.", false)]
    [InlineData("Use {{customer_name}} here.", "Use {{customer_nam}} here.", false)]
    [InlineData("Answer questions.", "Never answer questions.", false)]
    [InlineData("word1 word2 word3", "word2 word1 word3", false)]
    [InlineData("aaaab bbbbc ccccd dddde eeeef fffff", "aaaax bbbbx ccccx ddddx eeeex ffffx", false)]
    public void White_space_comments_and_slips_of_the_pen_are_no_change(string before, string after, bool small)
    {
        var submission = Some.Submission(template: before);
        Assert.Equal(small ? VersionStep.Patch : VersionStep.Minor, VersionChange.Between(Some.Package(submission), Some.Package(submission with { Template = after })).Step switch
        {
            VersionStep.Major => VersionStep.Minor,     // a renamed variable
            var step => step,
        });
    }

    [Fact]
    public void A_number_must_be_newer_than_its_line_but_an_older_line_can_be_mended()
    {
        installation.Submit(Some.Submission("2.0.0", "Two."));
        Assert.Equal("Version 1.2.5 is not newer than 1.3.0, the newest version of its line.", installation.Refuses(installation.Submitting(Some.Submission("1.2.5", "Mended."))).Reason);
        installation.Submit(Some.Submission("1.4.0", "Mended."));
        Assert.Equal("1.4.0", installation.State.Prompts.Find(Some.Version("1.4.0"))!.Facts.Version.Number.Text);
        Assert.Equal([1, 2, 3, 4, 5, 6], installation.State.Prompts.Find(Some.Prompt)!.Versions.Select(version => version.Sequence));
    }

    [Fact]
    public void Two_people_who_start_from_the_same_version_are_never_merged_silently()
    {
        installation.Do(new Core.Access.AddMember(Some.Admin, Some.Dora, [Core.Access.Role.Author]));
        installation.Submit(Some.Submission("1.4.0", "Ana's.", basedOn: "1.3.0"));
        var late = Some.Submission("1.5.0", "Dora's.", basedOn: "1.3.0");
        var overtaking = Assert.IsType<Overtaking>(installation.Refuses(installation.SubmittingAsItIs(late, Some.Dora)));
        Assert.Equal(
            (RefusalKind.Conflict, "support_router:v1.4.0 came meanwhile, by ana on 2026-03-02: Route accounts better. Yours was made from 1.3.0. Take over what ana changed, then say so with based_on: 1.4.0 in the manifest."),
            (overtaking.Kind, overtaking.Reason));
        Assert.Equal((Some.Version("1.3.0"), Some.Version("1.4.0")), (overtaking.From!.Id, overtaking.Newest.Id));
        Assert.Single(installation.Submit(late with { BasedOn = Some.Version("1.4.0").Number }, Some.Dora));
    }

    [Fact]
    public void Without_based_on_a_version_is_made_from_what_it_rolls_back_to()
    {
        Assert.Single(installation.Do(installation.SubmittingAsItIs(Some.Submission("1.4.0", "Four.", rollbackTo: "1.3.0"))));
        Assert.StartsWith("support_router:v1.4.0 came meanwhile", installation.Refuses(installation.SubmittingAsItIs(Some.Submission("1.5.0", "Five.", rollbackTo: "1.3.0"))).Reason, StringComparison.Ordinal);
        Assert.Equal(
            "The manifest does not say what it is based on; support_router:v1.4.0 is the newest, by ana on 2026-03-02. If you made yours from that, say so with based_on: 1.4.0 in the manifest.",
            installation.Refuses(installation.SubmittingAsItIs(Some.Submission("1.5.0", "Five."))).Reason);
        Assert.Equal("based_on names 0.9.0, which support_router does not have: it has 1.0.0, 1.1.0, 1.2.0, 1.3.0, 1.4.0.", installation.Refuses(installation.SubmittingAsItIs(Some.Submission("1.5.0", "Five.", basedOn: "0.9.0"))).Reason);
    }

    [Fact]
    public void A_version_makes_one_kind_of_change_unless_the_policy_allows_more()
    {
        var both = Some.Submission("1.4.0", "Four.") with { ChangeKind = new ChangeKinds(ChangeKind.Meaning, ChangeKind.Tone) };
        Assert.Equal(
            "change_kind is meaning and tone, but a version makes one kind of change, so that what it does can be told apart: split it, or let the policy allow it with: slipway policy set support_router --several-kinds",
            installation.Refuses(installation.Submitting(both)).Reason);
        Assert.Equal("ana may not set the policy of support_router: it needs the role admin or release_owner, which admin, clara have.", installation.Refuses(new SetPromptPolicy(Some.Ana, Some.Prompt, true, ServingPolicy.Default)).Reason);
        Assert.Single(installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, true, ServingPolicy.Default)));
        Assert.Empty(installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, true, ServingPolicy.Default)));
        Assert.Single(installation.Submit(both));
        Assert.Single(installation.Do(new SetPromptPolicy(Some.Admin, Some.Prompt, false, ServingPolicy.Default)));
    }
}
