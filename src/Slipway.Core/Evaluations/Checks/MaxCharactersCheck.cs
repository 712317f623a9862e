using System.Globalization;

namespace Slipway.Core.Evaluations;

/// <summary>The answer has at most so many characters as people count them: an emoji of several code points is one.</summary>
public sealed record MaxCharactersCheck : LimitCheck
{
    internal const string Named = "max_characters";
    private const string Unit = "characters";

    internal MaxCharactersCheck(decimal most) : base(Unit, most) { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static MaxCharactersCheck? Read(CheckArguments given)
    {
        given.Takes(Unit);
        var most = given.Count(Unit);
        return given.Fit ? new MaxCharactersCheck(most!.Value) : null;
    }

    private protected override CheckResult Judge(CheckInput input) =>
        Compare(new StringInfo(input.Answer.Shown).LengthInTextElements, "The answer has", "characters", input.Answer.Shown);
}
