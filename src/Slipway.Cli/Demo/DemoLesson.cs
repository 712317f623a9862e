using System.Globalization;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Incidents;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>What a rollback teaches: its incident is explained, calls that failed become cases, and the same version does not get that far again.</summary>
/// <param name="cast">The people.</param>
/// <param name="script">What the story is played with.</param>
/// <param name="told">Tells a line of the story.</param>
internal sealed class DemoLesson(DemoCast cast, DemoScript script, Action<string> told)
{
    // As many as a person would read and accept in a minute.
    private const int Accepted = 5;

    /// <summary>Plays it.</summary>
    /// <param name="rolledBack">The release that was rolled back.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The incident, closed.</returns>
    /// <exception cref="DemoException">A step did not do what it claims.</exception>
    public async Task<IncidentDocument> LearnAsync(ReleaseDocument rolledBack, CancellationToken cancellation)
    {
        var (author, version) = (cast.As(DemoCast.Author), rolledBack.Candidate);
        if (rolledBack.Incident is not { Id: var id }) throw new DemoException($"The rollback of {rolledBack.Id} opened no incident.");
        var opened = (await cast.As(DemoCast.OnCall).IncidentAsync(id, cancellation)).OrFail($"reading {id}").Details!;
        told(string.Create(CultureInfo.InvariantCulture, $"{id} was opened with the rollback: {opened.Figures.Requests} requests of {opened.Figures.Users} customers met {version.Number}, {opened.Figures.Failing} of them failed"));
        (await author.ExplainIncidentAsync(id, "The sentence about tone stands above the answer's form, and on how-to questions it wins.", cancellation)).OrFail($"explaining {id}");
        told("ana said why: the sentence about tone wins over the answer's form on how-to questions");

        var set = await AddCasesAsync(id, cancellation);
        var closed = (await author.CloseIncidentAsync(id, cancellation: cancellation)).OrFail($"closing {id}");
        if (closed is not { State: IncidentState.Closed, Tests: [.., { Facts: var proof }] }) throw new DemoException($"{id} should have been closed, but it is {closed.State}.");
        told($"both versions were asked these cases: {version.Number} fails {proof.Proving.Length} that {proof.Stable.Number} passes, so {id} is closed");
        await TryAgainAsync(version, set, rolledBack, cancellation);
        return closed;
    }

    private async Task<GoldenSet> AddCasesAsync(IncidentId id, CancellationToken cancellation)
    {
        var author = cast.As(DemoCast.Author);
        var proposed = (await author.IncidentCasesAsync(id, cancellation)).OrFail($"reading the cases of {id}");
        var cases = IncidentCases.Accept(proposed.Proposed.Where(one => one.IsCertain).Take(Accepted));
        if (cases.IsEmpty || proposed.Set is not { } name) throw new DemoException($"No call of {id} makes a case: {string.Join(" ", proposed.LeftOut)}");
        var there = GoldenCommands.Parse((await author.GoldenSetAsync(name, cancellation)).OrFail($"reading {name}"));
        var (result, added) = GoldenSet.Grow(there, there.Id.Next(), cases, []);
        if (result is not GoldenSetResult.Parsed { Set: var set }) throw new DemoException($"The cases of {id} do not fit {name}.");
        (await author.PushGoldenSetAsync(set.Id, set.ToJsonLines(), cancellation)).OrFail($"pushing {set.Id}");
        told($"ana accepted {added.Length} of {proposed.Proposed.Length} failed calls as cases, without what names a customer: {set.Id}");
        return set;
    }

    private async Task TryAgainAsync(VersionId version, GoldenSet set, ReleaseDocument rolledBack, CancellationToken cancellation)
    {
        var author = cast.As(DemoCast.Author);
        var manifest = (await script.ReadAsync(Path.Combine("evals", $"v{version.Number}.json"), cancellation)).Replace($"{set.Id.Name}:v4", set.Id.ToString(), StringComparison.Ordinal);
        var report = (await author.EvaluateAsync(manifest, cancellation)).OrFail($"evaluating {version} again").Report;
        if (report.Verdict == GateVerdict.Pass) throw new DemoException($"{version} should have failed on {set.Id}, but its gates pass.");
        told($"evaluated on them, {version.Number} fails before anybody meets it: {report.Gates.First(gate => gate.Verdict != GateVerdict.Pass).Sentence}");
        var again = await author.ProposeAsync(new ProposalDocument(version, Core.Releases.ReleasePlanDocument.Of(rolledBack.Plan)), cancellation);
        if (again is not ApiResult<ReleaseDocument>.Failed { Failure: { Status: 409 } refused }) throw new DemoException($"{version} should have been refused, but it was proposed again.");
        told($"ana proposed it all the same and was refused: {refused.Message}");
    }
}
