using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;
using Route = Slipway.Core.Resolution.Route;

namespace Slipway.Server.Gateway;

/// <summary>Asks for answers, finishes them, holds them against their contract, and does with a broken one what the prompt's policy says.</summary>
internal sealed class AnswerKeeper(ModelCaller models, PackageCache packages)
{
    /// <summary>The answer that is given on.</summary>
    /// <returns>Null where it is kept back.</returns>
    /// <exception cref="ProviderException">None came.</exception>
    public async Task<ModelAnswer?> KeepAsync(GatewayCall call, PackageRequest asked, Route route, CallTime time)
    {
        var first = await AskAsync(call, asked, time);
        if (call.Check(first) is null) return first;
        // What is on record of the version is its first answer; what follows is for the caller.
        switch (call.ActsOn)
        {
            case ContractPolicy.Reject: call.ContractAction = ContractActions.Rejected; return null;
            case ContractPolicy.Retry: return await AskAgainAsync(call, asked, time) ?? first;
            case ContractPolicy.Fallback: return await AskStableAsync(call, route.Stable, time) ?? first;
            default: call.ContractAction = ContractActions.Observed; return first;
        }
    }

    /// <summary>Gives an answer on as it comes, and checks it at its end.</summary>
    /// <exception cref="ProviderException">None came, or it broke off.</exception>
    public async Task<ModelAnswer> PassOnAsync(GatewayCall call, PackageRequest asked, StreamedResponse stream, CallTime time)
    {
        await using var pieces = await models.OpenAsync(call, asked, time);
        var collected = new StreamedAnswer();
        do
        {
            collected.Add(pieces.Current);
            await stream.WriteAsync(pieces.Current, time.Token);
        }
        while (await pieces.MoveNextAsync());
        var answer = collected.Whole();
        call.Spent(answer.Usage);
        if (call.Check(answer) is not null) call.ContractAction = ContractActions.Observed;
        return answer;
    }

    private async Task<ModelAnswer?> AskAgainAsync(GatewayCall call, PackageRequest asked, CallTime time)
    {
        (call.ContractAction, call.Retries) = (ContractActions.Retried, call.Retries + 1);
        try
        {
            var second = await AskAsync(call, asked, time);
            call.Check(second);
            return second;
        }
        catch (ProviderException)
        {
            return null;        // The first is broken, but it is an answer.
        }
    }

    private async Task<ModelAnswer?> AskStableAsync(GatewayCall call, ServedVersion stable, CallTime time)
    {
        var package = packages.Get(stable.Package);
        if ((package.TakesMessages && call.Asked.Messages is null) || package.Render(call.Asked.Prompt.Variables, call.Asked.Messages ?? []) is not PromptRendering.Done { Messages: var messages })
        {
            call.ContractAction = ContractActions.Observed;     // It takes other variables than the caller sent for the candidate.
            return null;
        }
        call.FallsBackTo(stable.Version);
        try
        {
            return await AskAsync(call, new PackageRequest(package, messages), time);
        }
        catch (ProviderException)
        {
            call.ComesBack();
            return null;
        }
    }

    private async Task<ModelAnswer> AskAsync(GatewayCall call, PackageRequest asked, CallTime time)
    {
        var answer = call.Asked.Stream ? await CollectAsync(call, asked, time) : await models.CompleteAsync(call, asked, time);
        call.Spent(answer.Usage);
        return asked.Package.PostProcessing.IsEmpty ? answer : answer with { Text = asked.Package.Finish(answer.Text) };
    }

    private async Task<ModelAnswer> CollectAsync(GatewayCall call, PackageRequest asked, CallTime time)
    {
        await using var pieces = await models.OpenAsync(call, asked, time);
        var collected = new StreamedAnswer();
        do collected.Add(pieces.Current); while (await pieces.MoveNextAsync());
        return collected.Whole();
    }
}
