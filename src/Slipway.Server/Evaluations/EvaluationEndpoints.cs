using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;

namespace Slipway.Server.Evaluations;

/// <summary>Golden sets over HTTP.</summary>
internal static class EvaluationEndpoints
{
    public static void MapEvaluations(this RouteGroupBuilder api)
    {
        api.MapPut("/golden-sets/{**set}", PushAsync).Takes("application/jsonl").Gives<GoldenSetDocument>("Push a golden set, as JSON Lines");
        api.MapEvaluationRuns();
    }

    private static async Task<IResult> PushAsync(string set, HttpRequest request, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, CancellationToken cancellation)
    {
        var name = Uri.UnescapeDataString(set);
        if (!GoldenSetId.TryParse(name, out var setId)) return Refusals.Invalid([$"\"{name}\" names no golden set: it must be {GoldenSetId.Form}."]);
        if (PushGoldenSet.Deny(caller.View(ledger.Current), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var parse = GoldenSet.Parse(setId, await reader.ReadToEndAsync(cancellation));
        if (parse is not GoldenSetResult.Parsed { Set: var golden, Notices: var notices })
            return Refusals.Invalid([.. ((GoldenSetResult.Refused)parse).Errors.Select(error => error.ToString())]);
        var bytes = Encoding.UTF8.GetBytes(golden.ToJsonLines());
        var push = new PushGoldenSet(caller.Name, setId, ContentHash.Of(bytes), GoldenSetCounts.Of(golden));
        if (caller.Access.DenyReach(push.About(ledger.Current)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        return (ledger.FirstResultOf(id) ?? Push()).Answer(done =>
            TypedResults.Ok(new GoldenSetDocument(setId, push.Content, golden.Cases.Length, [.. notices.Select(notice => notice.ToString())], !done.Entries.IsEmpty)));

        LedgerResult Push()
        {
            objects.Put(bytes);
            return ledger.Execute(push, id, caller.Key);
        }
    }
}
