using System.Collections.Immutable;
using Slipway.Client;
using Slipway.Core.Access;

namespace Slipway.Cli.Demo;

/// <summary>The people of the story, each with a key of their own and no right but their role's.</summary>
internal sealed class DemoCast(Uri server, string administratorKey) : IDisposable
{
    public const string Author = "ana", Reviewer = "ben", ReleaseOwner = "cleo", OnCall = "dan", Shop = "shop";

    private static readonly ImmutableArray<(string Name, Role Role)> People =
        [(Author, Role.Author), (Reviewer, Role.Reviewer), (ReleaseOwner, Role.ReleaseOwner), (OnCall, Role.OnCall), (Shop, Role.Application)];

    private readonly Dictionary<string, string> keys = [];
    private readonly Dictionary<string, SlipwayApi> apis = [];

    /// <summary>The administrator, who makes the others.</summary>
    public SlipwayApi Administrator { get; } = new(server, administratorKey);

    /// <summary>The server's address.</summary>
    public Uri Server => server;

    /// <summary>The API as one of the people uses it.</summary>
    public SlipwayApi As(string name) => apis[name];

    /// <summary>One of the people's keys.</summary>
    public string KeyOf(string name) => keys[name];

    /// <summary>One of the people's names as a member's.</summary>
    public static MemberName NameOf(string name) => MemberName.TryParse(name, out var parsed) ? parsed : throw new InvalidOperationException($"{name} is no name.");

    /// <summary>Adds everybody and issues their keys.</summary>
    public async Task ArriveAsync(CancellationToken cancellation)
    {
        foreach (var (text, role) in People)
        {
            var name = NameOf(text);
            (await Administrator.AddMemberAsync(name, [role], cancellation)).OrFail($"adding {name}");
            keys[text] = (await Administrator.IssueKeyAsync(name, cancellation)).OrFail($"issuing a key to {name}").Secret;
            apis[text] = new SlipwayApi(server, keys[text]);
        }
    }

    public void Dispose()
    {
        Administrator.Dispose();
        foreach (var api in apis.Values) api.Dispose();
    }
}

/// <summary>Takes what the API answered, or ends the story.</summary>
internal static class DemoExpectations
{
    /// <exception cref="DemoException">The server refused.</exception>
    public static T OrFail<T>(this ApiResult<T> result, string what) => result switch
    {
        ApiResult<T>.Ok ok => ok.Value,
        ApiResult<T>.Failed failed => throw new DemoException($"The demo broke off at {what}: {failed.Failure.Message}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
