using Slipway.Core.Calls;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <summary>Gives an application its prompts: which version, rendered, and what became of it. <see cref="SlipwayClient"/> follows a server, <see cref="SlipwayInMemory"/> is for tests.</summary>
public interface ISlipwayClient
{
    /// <summary>Which version a request gets, and why; decided in memory, within a microsecond and without allocating.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="unit">The sticky unit, usually a conversation id: it gets the same version as long as the release lasts. Null always gets stable.</param>
    /// <param name="context">What else is known; null for nothing.</param>
    /// <returns><see cref="Decision.Serve"/>; or <see cref="Decision.Unknown"/> where nothing is live by that name, or nothing was heard from the server yet.</returns>
    Decision Resolve(string prompt, string? unit = null, CallContext? context = null);

    /// <summary>As <see cref="Resolve"/>, after the first snapshot has come or the time for it is over.</summary>
    ValueTask<Decision> ResolveAsync(string prompt, string? unit = null, CallContext? context = null, CancellationToken cancellation = default);

    /// <summary>Resolves and fills the templates: all that a model is to be asked, or a sentence that says what is missing.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="variables">The variables by name: an anonymous object, a dictionary, or JSON. Null where the prompt has none.</param>
    /// <param name="unit">As in <see cref="Resolve"/>.</param>
    /// <param name="conversation">The caller's messages, for the prompt's <c>history</c>; null for none.</param>
    /// <param name="context">As in <see cref="Resolve"/>.</param>
    RenderAnswer Render(string prompt, object? variables = null, string? unit = null, IReadOnlyList<ChatMessage>? conversation = null, CallContext? context = null);

    /// <summary>As <see cref="Render"/>, after the first snapshot has come or the time for it is over.</summary>
    ValueTask<RenderAnswer> RenderAsync(
        string prompt, object? variables = null, string? unit = null, IReadOnlyList<ChatMessage>? conversation = null, CallContext? context = null, CancellationToken cancellation = default);

    /// <summary>Reports a call, see <see cref="RenderAnswer.Rendered.Call"/>; returns at once. Where the queue is full it is dropped and counted.</summary>
    void Report(CallRecord call);

    /// <summary>Reports what became known of a call later, by its trace; returns at once. Where the queue is full it is dropped and counted.</summary>
    void ReportOutcome(CallOutcomeDocument outcome);
}
