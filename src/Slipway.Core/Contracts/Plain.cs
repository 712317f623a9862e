namespace Slipway.Core.Contracts;

/// <summary>Words for sentences.</summary>
internal static class Plain
{
    /// <summary>A number of things: <c>1 character</c>, <c>2 characters</c>.</summary>
    public static string Count(int count, string thing) =>
        count == 1 ? $"1 {thing}" : $"{count} {(thing.EndsWith('y') ? thing[..^1] + "ies" : thing + "s")}";
}
