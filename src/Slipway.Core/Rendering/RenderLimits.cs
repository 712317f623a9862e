namespace Slipway.Core.Rendering;

/// <summary>How much one rendering may produce and do. Passing a limit is an error at the tag that passed it.</summary>
/// <param name="MaxOutput">UTF-8 bytes of output; default 1,000,000.</param>
/// <param name="MaxDepth">Sections inside sections, plain and inverted, those of partials included; default 32.</param>
/// <param name="MaxSteps">Text runs, values and section tags worked through, anew in every pass through a list; default 100,000.</param>
/// <exception cref="ArgumentOutOfRangeException">A limit is negative.</exception>
public sealed record RenderLimits(int MaxOutput = 1_000_000, int MaxDepth = 32, int MaxSteps = 100_000)
{
    /// <summary>The limits that hold where a caller names none.</summary>
    public static RenderLimits Default { get; } = new();

    /// <summary>UTF-8 bytes of output.</summary>
    public int MaxOutput { get; init => field = Checked(value); } = Checked(MaxOutput);

    /// <summary>Sections inside sections.</summary>
    public int MaxDepth { get; init => field = Checked(value); } = Checked(MaxDepth);

    /// <summary>Text runs, values and section tags worked through.</summary>
    public int MaxSteps { get; init => field = Checked(value); } = Checked(MaxSteps);

    private static int Checked(int limit) =>
        limit >= 0 ? limit : throw new ArgumentOutOfRangeException(nameof(limit), limit, "A limit is not negative.");
}
