using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>How soon a rollback was everywhere.</summary>
public sealed class RollbackProofTests
{
    private static readonly DateTimeOffset At = Some.Noon;
    private static readonly DateTimeOffset LastLease = After(11_000);

    [Fact]
    public void A_rollback_that_is_nearly_everywhere_is_told_while_it_happens()
    {
        var installation = Some.LiveInstallation();
        var release = installation[installation.RollBack(installation.Release(ReleaseState.Canary))];
        Assert.Equal("stable v1.0.0; no instance followed support_router in production", RollbackProgress.Of(release, [], release.Since, atMost: false).Sentence());

        ImmutableArray<InstanceReach> instances =
        [
            .. Enumerable.Range(0, 212).Select(index => new InstanceReach(release.Since.AddMilliseconds(index + 90), release.Since.AddSeconds(11), Connected: true)),
            .. Enumerable.Range(0, 2).Select(_ => new InstanceReach(null, release.Since.AddSeconds(4), Connected: false)),
        ];
        Assert.Equal("stable v1.0.0 on 212 of 214 instances after 0.3 s, 2 leases expire in 4 s", RollbackProgress.Of(release, instances, release.Since.AddMilliseconds(301), atMost: false).Sentence());
        Assert.Equal("stable v1.0.0 on 1 of 214 instances after 90 ms, 211 have not answered yet, 2 leases expire in 4 s", RollbackProgress.Of(release, instances, release.Since.AddMilliseconds(90), atMost: false).Sentence());

        var over = RollbackProgress.Of(release, instances, release.Since.AddSeconds(4), atMost: false);
        Assert.Equal(new RollbackProof(214, 214, 2, 196, 301, 4_000, AtMost: false), over.SoFar);
        installation.Do(new ConfirmRollback(release.Id, over.SoFar));
        Assert.Equal("stable v1.0.0 on all 214 instances after 4.0 s: half after 0.2 s, 99% after 0.3 s; 2 leases had to expire", RollbackProgress.OnRecord(installation[release.Id])!.Sentence());
    }

    [Fact]
    public void Who_is_cut_off_is_back_when_its_lease_ends_unless_everybody_had_the_version()
    {
        ImmutableArray<InstanceReach> instances = [new(After(40), LastLease, Connected: true), new(null, After(6_000), Connected: false)];
        Assert.Equal(new RollbackProof(2, 1, 0, 40, null, null, AtMost: false), Proof(leased: true, 5_999));
        Assert.Equal(new RollbackProof(2, 2, 1, 40, 6_000, 6_000, AtMost: false), Proof(leased: true, 6_000));
        Assert.Equal(new RollbackProof(2, 1, 0, 40, null, null, AtMost: false), Proof(leased: false, 120_000));
        Assert.Equal("1 of 2 instances: half after 40 ms; the other one is cut off and may serve 1.6.0 until it reaches the server", Proof(leased: false, 120_000).Told(Some.Parse<VersionNumber>("1.6.0")));

        RollbackProof Proof(bool leased, int milliseconds) => RollbackProof.Of(instances, leased, At, After(milliseconds), atMost: false);
    }

    [Fact]
    public void What_was_heard_only_after_a_restart_is_an_upper_bound_and_no_lease_that_had_to_end()
    {
        var proof = RollbackProof.Of([new(After(14_000), LastLease, Connected: true)], leased: true, At, After(15_000), atMost: true);
        Assert.Equal(new RollbackProof(1, 1, 0, 11_000, 11_000, 11_000, AtMost: true), proof);
        Assert.Equal("its one instance after at most 11.0 s; the server was restarted meanwhile", proof.Told(Some.Parse<VersionNumber>("1.6.0")));
    }

    /// <summary>Whatever the instances do, more of them are back as time goes by, and what was reached once stays reached at the same time.</summary>
    [Fact]
    public void A_proof_only_grows()
    {
        var instance = from back in Gen.Choose(-1, 12_000) from lease in Gen.Choose(0, 11_000) select new InstanceReach(back < 0 ? null : After(back), After(lease), Connected: false);
        Prop.ForAll(instance.ListOf().ToArbitrary(), Gen.Choose(0, 12_000).Two().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (instances, times, leased) =>
        {
            var (one, other) = (Of(Math.Min(times.Item1, times.Item2)), Of(Math.Max(times.Item1, times.Item2)));
            Assert.True(one.Back <= other.Back && one.Expired <= other.Expired);
            foreach (var (before, after) in ((long?, long?)[])[(one.HalfMs, other.HalfMs), (one.MostMs, other.MostMs), (one.AllMs, other.AllMs)])
                if (before is not null) Assert.Equal(before, after);
            Assert.Equal(other.IsComplete && instances.Count > 0, other.AllMs is not null);
            Assert.True((other.HalfMs ?? 0) <= (other.MostMs ?? long.MaxValue) && (other.MostMs ?? 0) <= (other.AllMs ?? long.MaxValue));
            if (leased) Assert.Equal(instances.Count, RollbackProof.Of(instances, leased, At, LastLease, atMost: false).Back);

            RollbackProof Of(int now) => RollbackProof.Of(instances, leased, At, After(now), atMost: false);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void It_is_on_record_once_however_many_servers_saw_it()
    {
        var installation = Some.LiveInstallation();
        var release = installation.Release(ReleaseState.Canary);
        var proof = new RollbackProof(214, 214, 2, 90, 300, 9_800, AtMost: false);
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new ConfirmRollback(release, proof)).Kind);
        Assert.Equal(RefusalKind.Unknown, installation.Refuses(new ConfirmRollback(new ReleaseId(99), proof)).Kind);
        var before = installation[installation.RollBack(release)];
        Assert.Equal("saw the rollback of rel-2 to 1.0.0 reach all 214 instances after 9.8 s: half after 90 ms, 99% after 0.3 s; 2 leases had to expire", Assert.Single(installation.Do(new ConfirmRollback(release, proof))).Sentence);
        Assert.Empty(installation.Do(new ConfirmRollback(release, proof with { AllMs = 9_900 })));
        // It says something of the release and changes nothing: neither where it stands nor what is live, nor how it is routed.
        Assert.Equal(before with { Rollback = proof }, installation[release]);
        Assert.Equal(before.RollbackRevision, installation.State.Releases.RoutingRevision(Some.Prompt, Some.Production));
    }

    private static DateTimeOffset After(int milliseconds) => At.AddMilliseconds(milliseconds);
}
