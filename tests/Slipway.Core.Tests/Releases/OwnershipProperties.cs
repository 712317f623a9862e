using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Releases;

/// <summary>Whatever people do with a prompt that begins without an owner, nobody brings it into production before two people answer for it.</summary>
public sealed class OwnershipProperties
{
    private static readonly PromptName Prompt = Some.Parse<PromptName>("refunds");
    private static readonly ImmutableArray<MemberName> People = [Some.Admin, Some.Ana, Some.Boris, Some.Clara, Some.Dora, Some.Emil, Some.Member("gus"), Some.Member("hana"), MemberName.System];
    private static readonly ImmutableArray<EnvironmentName> Places = [EnvironmentName.Production, EnvironmentName.Production, EnvironmentName.Staging];

    private static readonly Gen<(int What, int Who, int Other, int How)> Act =
        from what in Gen.Choose(0, 11)
        from who in Gen.Choose(0, People.Length - 1)
        from other in Gen.Choose(0, People.Length - 1)
        from how in Gen.Choose(0, 9)
        select (what, who, other, how);

    [Fact]
    public void A_prompt_without_owner_and_backup_owner_is_never_in_production()
    {
        var (live, refused) = (0, 0);
        Prop.ForAll(Act.ListOf(60).ToArbitrary(), acts =>
        {
            var installation = Prepared();
            foreach (var act in acts)
            {
                var command = Command(installation, act);
                var verdict = installation.Try(command);
                var state = installation.State;
                if (command is BootstrapRelease or ProposeRelease && verdict is Verdict.Refuse { Why.Reason: var reason } && reason.Contains("slipway owner set refunds", StringComparison.Ordinal)) refused++;
                if (state.Releases.Live(Prompt, EnvironmentName.Production) is null) continue;
                Assert.Equal(2, state.Prompts.DutiesOf(Prompt).Owners.Distinct().Count());
                Assert.All(state.Prompts.DutiesOf(Prompt).Owners, owner => Assert.True(state.Access.Members.ContainsKey(owner.Value)));
                live++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
        Assert.True(live > 100 && refused > 100, $"{live} looks at production, {refused} refusals: the acts no longer reach what they are to test.");
    }

    // gus and hana may do everything, and hana wrote nothing; the manifest names a team, so that the owner is open.
    private static Installation Prepared()
    {
        var installation = Some.Installation();
        installation.Do(new AddMember(Some.Admin, Some.Member("gus"), [.. Enum.GetValues<Role>()]));
        installation.Do(new AddMember(Some.Admin, Some.Member("hana"), [.. Enum.GetValues<Role>()]));
        Submit(installation, "1.0.0", Some.Member("ai-platform"));
        return installation;
    }

    private static Command Command(Installation installation, (int What, int Who, int Other, int How) act)
    {
        var (by, other, place) = (People[act.Who], People[act.Other], Places[act.How % Places.Length]);
        var releases = installation.State.Releases.All;
        var last = new ReleaseId(Math.Max(1, releases.Count));
        var version = Version(act.How < 7 ? "1.0.0" : "1.1.0");
        switch (act.What)
        {
            case 0: return new AssignDuties(act.How < 5 ? Some.Admin : by, Prompt, act.Other % 2 == 0 ? new DutiesChange { Owner = other } : new DutiesChange { BackupOwner = other });
            case 1: return new AssignDuties(by, Prompt, new DutiesChange { Clear = [(Duty)(act.How % 9)] });
            case 2: return new SetGroup(Some.Admin, Some.Member("ai-platform"), [Some.Ana]);
            case 3: return new AddMember(Some.Admin, other == MemberName.System ? Some.Member("ivan") : other, [Role.Author, Role.Reviewer, Role.ReleaseOwner, Role.Admin]);
            case 4:
                Submit(installation, $"1.{act.How}.0", act.Who % 2 == 0 && by != MemberName.System ? by : Some.Member("ai-platform"));
                return new AssignDuties(by, Prompt, new DutiesChange { OnCall = [other] });
            case 5: return new ProposeRelease(by, version, place, Some.Plan(["10%", "100%"]));
            case 6: return new ReleaseCommand.Approve(by, last, "");
            case 7: return new ReleaseCommand.Start(by, last, "salt");
            default:
                var owners = installation.State.Prompts.DutiesOf(Prompt).Owners;
                return new BootstrapRelease(act.How < 8 && !owners.IsEmpty ? owners[act.Who % owners.Length] : by, Version("1.0.0"), place, "it is what runs", "salt");
        }
    }

    private static void Submit(Installation installation, string version, MemberName owner) =>
        installation.Try(installation.Submitting(Some.Submission(version, $"Refund, take {version}.", prompt: "refunds", owner: owner)));

    private static VersionId Version(string number) => new(Prompt, Some.Version(number).Number);
}
