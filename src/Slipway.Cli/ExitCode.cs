namespace Slipway.Cli;

/// <summary>How a command ends, for scripts.</summary>
internal static class ExitCode
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>It was refused, or a check failed.</summary>
    public const int Refused = 1;

    /// <summary>It was called wrongly, or could not run.</summary>
    public const int Unusable = 2;

    /// <summary>There was not enough data to say.</summary>
    public const int Inconclusive = 3;
}
