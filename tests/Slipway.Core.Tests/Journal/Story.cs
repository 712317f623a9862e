using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Journal;

/// <summary>What happened in one installation: every event there is, at least once, and most fields that may be empty both ways.</summary>
internal static class Story
{
    public static Installation Tell()
    {
        var installation = Some.LiveInstallation();
        installation.Do(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_second")));
        installation.Do(new RevokeKey(Some.Admin, "key-2"));
        installation.Submit(Some.Submission("1.4.0", "Route the ticket: {{ticket}} \"é😀\"", variables: """{"ticket":{"type":"string"}}""", rollbackTo: "1.0.0") with
        {
            ExpectedEffect = "Account recovery accuracy up, billing unchanged",
            CheckAfterRelease = "200 dialogs in the first 48 h; escalation rate",
            ChangeKind = ChangeKind.Meaning,
            Linked = "INC-12",
        });

        installation.Do(new ReleaseCommand.Decline(Some.Boris, installation.Propose("1.1.0"), "the wording is \"too harsh\" < ö"));
        installation.Do(new ReleaseCommand.Cancel(Some.Clara, installation.Propose("1.1.0"), "not before the holidays"));

        var second = installation.Approve(installation.Propose("1.2.0", Some.Plan(
            ["10%", "50%", "100%"], ["error_rate 0%", "refusal_rate <= 3%", "schema_pass_rate >= baseline - 2pp"], 50, "30m", "2d", "72h", "1.0.0", Some.Dora)));
        installation.Start(second);
        installation.Do(new ReleaseCommand.Freeze(MemberName.System, second, "undecided after 2d", Some.Proof(installation[second].Plan)));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, second, "the tickets of that hour were spam"));
        while (installation[second].State == ReleaseState.Canary)
            installation.Do(new ReleaseCommand.Advance(MemberName.System, second, installation[second].Epoch, "every guardrail is proved", Some.Proof(installation[second].Plan)));
        installation.RolledBack(second);
        installation.Do(new EraseObject(Some.Admin, installation.State.Evaluations.Runs[0].Facts.Report, "a customer's name stood in an answer", Stored: true));
        return installation;
    }

    /// <summary>All that a state holds, as text: two states are the same when their texts are.</summary>
    public static string Text(Registry state) => string.Join('\n',
    [
        $"{state.Head} {state.HeadHash} {JournalEntry.TimeText(state.Time)}",
        .. state.Access.Members.Values.Select(member => $"{member.Name}: {string.Join(' ', member.Roles)}"),
        .. state.Access.Keys.OrderBy(key => key.Value.Id, StringComparer.Ordinal).Select(key => $"{key.Key} {key.Value}"),
        .. state.Models.Aliases.Select(alias => $"{alias.Key} = {alias.Value}"),
        .. state.Prompts.All.Values.SelectMany(prompt => prompt.Versions.Select(version => $"{prompt.Name} of {prompt.Owner}: {version}")),
        .. state.Evaluations.Sets.Values.Select(set => set.ToString()),
        .. state.Evaluations.Runs.Select(run => $"{run.By} {run.At:O} {run.Facts.Sentence}"),
        .. state.Releases.All.Values.Select(release => System.Text.Json.JsonSerializer.Serialize(release)),
        .. state.Objects.Erased.Values.OrderBy(erased => erased.Entry).Select(erased => erased.ToString()),
        .. state.Releases.LiveByPlace.Values.Select(live => live.ToString()).Order(StringComparer.Ordinal),
    ]);

    private static void RolledBack(this Installation installation, ReleaseId release)
    {
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it sends refunds to sales"));
        Assert.Equal(ReleaseState.RolledBack, installation[release].State);
    }
}
