using Slipway.Core.Wire;

namespace Slipway.Client;

/// <summary>What the server answered: a value, or one sentence that says why not.</summary>
/// <typeparam name="T">The value.</typeparam>
public abstract record ApiResult<T>
{
    private ApiResult() { }

    /// <summary>It was done.</summary>
    /// <param name="Value">What came back.</param>
    public sealed record Ok(T Value) : ApiResult<T>;

    /// <summary>It was refused, or could not be asked.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(ApiFailure Failure) : ApiResult<T>;
}

/// <summary>Why a request came to nothing.</summary>
/// <param name="Status">The server's status code; null where it could not be reached.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Errors">All of them, where there are several; else empty.</param>
/// <param name="Changes">What somebody else changed meanwhile, where that is why.</param>
public sealed record ApiFailure(int? Status, string Message, IReadOnlyList<string> Errors, VersionDiffDocument? Changes = null);
