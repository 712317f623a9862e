using Slipway.Client;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests;

/// <summary>Short spellings of what tests need everywhere.</summary>
internal static class Some
{
    /// <summary>A value from its text, e.g. <c>Some.Value&lt;VersionId&gt;("router:v1.0.0")</c>.</summary>
    public static T Value<T>(string text) where T : ITextValue<T> =>
        T.TryParse(text, out var value) ? value : throw new ArgumentException($"\"{text}\" is not {T.Form}.", nameof(text));

    /// <summary>What a request brought; fails the test with the server's sentence where it was refused.</summary>
    public static async Task<T> Ok<T>(this Task<ApiResult<T>> asked)
    {
        var result = await asked;
        if (result is ApiResult<T>.Failed { Failure: var failure }) Assert.Fail($"{failure.Status}: {failure.Message} {string.Join(" ", failure.Errors)}");
        return ((ApiResult<T>.Ok)result).Value;
    }

    /// <summary>Why a request was refused; fails the test where it was not.</summary>
    public static async Task<ApiFailure> Refused<T>(this Task<ApiResult<T>> asked) => Assert.IsType<ApiResult<T>.Failed>(await asked).Failure;

    /// <summary>Waits until something is so; for what the server does by itself and tells nobody.</summary>
    public static async Task Eventually(Func<Task<bool>> isSo, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            try
            {
                await Task.Delay(20, deadline.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"Waited in vain: {what}");
            }
        }
    }
}
