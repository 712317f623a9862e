using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Wire;

namespace Slipway.Cli;

/// <summary>What every command has: where to speak, which server to ask, as whom.</summary>
/// <param name="Terminal">Where it speaks.</param>
/// <param name="Parse">What was typed.</param>
internal sealed record CommandContext(Terminal Terminal, ParseResult Parse)
{
    private const string DefaultServer = "http://127.0.0.1:8080";

    public static Option<string?> Server { get; } = new("--server") { Description = $"The server's address; default SLIPWAY_SERVER, else {DefaultServer}", Recursive = true, HelpName = "URL" };

    public static Option<string?> Key { get; } = new("--key") { Description = "Your API key; default SLIPWAY_KEY", Recursive = true, HelpName = "slw_…" };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON for programs", Recursive = true };

    /// <summary>Says what time it is.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether a program reads the output.</summary>
    public bool WantsJson => Parse.GetValue(Json);

    /// <summary>Asks the server and says what came of it.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="show">What is done with the answer; its result is the exit code.</param>
    public Task<int> AskAsync<T>(Func<SlipwayApi, Task<ApiResult<T>>> ask, Func<T, int> show) => AskAsync(ask, (_, value) => Task.FromResult(show(value)));

    /// <summary>Asks the server and says what came of it, for which it is asked again.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="show">What is done with the answer; its result is the exit code.</param>
    public async Task<int> AskAsync<T>(Func<SlipwayApi, Task<ApiResult<T>>> ask, Func<SlipwayApi, T, Task<int>> show)
    {
        if (Connect() is not { } api) return ExitCode.Unusable;
        using (api)
        {
            return await ask(api) switch
            {
                ApiResult<T>.Ok ok => await show(api, ok.Value),
                ApiResult<T>.Failed failed => Fail(failed.Failure),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }

    /// <summary>The server's API as the options and the environment name it; null, after saying so, where they name none.</summary>
    public SlipwayApi? Connect()
    {
        var text = Parse.GetValue(Server) ?? Environment.GetEnvironmentVariable("SLIPWAY_SERVER") ?? DefaultServer;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            Terminal.Error($"\"{text}\" is not a server's address.", "Write it as http://127.0.0.1:8080");
            return null;
        }
        var key = Parse.GetValue(Key) ?? Environment.GetEnvironmentVariable("SLIPWAY_KEY");
        if (key is null || key.All(c => c is > ' ' and <= '~')) return new SlipwayApi(server, key);
        Terminal.Error("What is given as the API key is none: a key is slw_ and letters, digits, - and _.", "Name your key with --key or SLIPWAY_KEY");
        return null;
    }

    /// <summary>Says why a request came to nothing.</summary>
    public int Fail(ApiFailure failure)
    {
        if (failure.Errors.Count > 1) foreach (var error in failure.Errors) Terminal.Error(error);
        else Terminal.Error(failure.Message, HintFor(failure));
        if (failure.Changes is { } changes && !WantsJson) Prompts.VersionDiffText.Write(Terminal, changes);
        // A server that broke, or has lost its database, has refused nothing.
        return failure.Status is null or >= 500 ? ExitCode.Unusable : ExitCode.Refused;
    }

    /// <summary>A failure with the file that it is about in front; that the server is not there, or the key opens nothing, is about none.</summary>
    public static ApiFailure About(string path, ApiFailure failure) => failure.Status is 404 or 409 or 422
        ? failure with { Message = $"{path}: {failure.Message}", Errors = [.. failure.Errors.Select(error => $"{path}: {error}")] }
        : failure;

    /// <summary>What to do about a failure; null where its message says it all.</summary>
    public static string? HintFor(ApiFailure failure) => failure.Status switch
    {
        null => "Start one with: slipway serve, or name another with --server or SLIPWAY_SERVER",
        401 => "Name your key with --key or SLIPWAY_KEY; the administrator's was printed at the server's first start. Lost it? slipway key recover --data DIR",
        _ => null,
    };

    /// <summary>Says that what was typed does not fit.</summary>
    public int Misused(string message, string? hint = null)
    {
        Terminal.Error(message, hint);
        return ExitCode.Unusable;
    }

    /// <summary>Reads a value from what was typed.</summary>
    /// <returns>Null, after saying so, where it does not fit.</returns>
    public T? Read<T>(string? text, string what) where T : class, ITextValue<T>
    {
        if (T.TryParse(text, out var value)) return value;
        Terminal.Error($"\"{text}\" is no {what}: it must be {T.Form}.");
        return null;
    }

    /// <summary>Reads the value of an option that may be left out.</summary>
    /// <param name="option">The option.</param>
    /// <param name="what">What the value is, as in "member's name".</param>
    /// <param name="value">The value; null where it was left out.</param>
    /// <returns>False, after saying so, where it does not fit.</returns>
    public bool TryRead<T>(Option<string?> option, string what, out T? value) where T : class, ITextValue<T>
    {
        value = null;
        return Parse.GetValue(option) is not { } text || (value = Read<T>(text, what)) is not null;
    }

    /// <summary>Reads several values from what was typed.</summary>
    /// <returns>Null, after saying so, where one does not fit.</returns>
    public ImmutableArray<T>? ReadAll<T>(IReadOnlyList<string> texts, string what) where T : class, ITextValue<T>
    {
        var values = ImmutableArray.CreateBuilder<T>(texts.Count);
        foreach (var text in texts)
        {
            if (Read<T>(text, what) is not { } value) return null;
            values.Add(value);
        }
        return values.MoveToImmutable();
    }

    /// <summary>Reads a text file.</summary>
    /// <returns>Null, after saying so, where it cannot be read.</returns>
    public string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Terminal.Error(File.Exists(path) ? $"{path} cannot be read: {exception.Message}" : $"There is no file {path}.");
            return null;
        }
    }

    /// <summary>Writes the file that an option names, where it names one.</summary>
    /// <param name="option">The option.</param>
    /// <param name="text">What goes into it.</param>
    /// <returns>False, after saying so, where it cannot be written.</returns>
    public bool WriteFile(Option<string?> option, Func<string> text) => Parse.GetValue(option) is not { } path || WriteFile(path, text());

    /// <summary>Writes a text file, over the one that is there.</summary>
    /// <returns>False, after saying so, where it cannot be written.</returns>
    public bool WriteFile(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Terminal.Error($"{path} cannot be written: {exception.Message}");
            return false;
        }
    }
}
