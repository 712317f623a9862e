using System.Globalization;
using System.Text;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Providers;

namespace Slipway.Server.Evaluations;

/// <summary>One side of a run: a package, who answers it, and what its answers are stored under.</summary>
internal sealed class EvaluatedSide
{
    private readonly string stem;

    public EvaluatedSide(EvaluationSide version, IModelProvider provider, ProviderPace pace, ModelPrices? prices)
    {
        (Version, Provider, Pace, Prices) = (version, provider, pace, prices);
        // What is really sent, not what was frozen: where a provider leaves something out or a later build no longer does, it is another question.
        stem = $"{Package.Hash} {Package.Model} {ContentHash.Of(CanonicalJson.Of(provider.Sent(Package.Parameters)))}";
    }

    public EvaluationSide Version { get; }
    public Package Package => Version.Package;
    public IModelProvider Provider { get; }
    public ProviderPace Pace { get; }

    /// <summary>What its model costs; null where the catalog does not know.</summary>
    public ModelPrices? Prices { get; }

    /// <summary>What the answer to a case is stored under.</summary>
    /// <param name="input">The hash of the case's input.</param>
    /// <param name="repeat">Which of the times it is asked.</param>
    public ContentHash KeyOf(ContentHash input, int repeat) =>
        ContentHash.Of(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{stem} {input} {repeat}")));
}
