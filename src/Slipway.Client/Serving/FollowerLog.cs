using Microsoft.Extensions.Logging;

namespace Slipway.Client.Serving;

/// <summary>What following says to whoever runs the application.</summary>
internal sealed partial class FollowerLog(ILogger logger, string server, TimeSpan lease)
{
    public void Follows(string how, long revision) => FollowsBy(server, how, revision);

    public void CutOff(string why, TimeSpan wait) => IsCutOff(server, why, lease.TotalSeconds, wait.TotalSeconds);

    public void StillCutOff(string why, TimeSpan wait) => IsStillCutOff(server, why, wait.TotalSeconds);

    public void Forbidden(int status, TimeSpan wait) => IsForbidden(server, status, wait.TotalSeconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Slipway at {Server} is followed by {How}; revision {Revision}")]
    private partial void FollowsBy(string server, string how, long revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slipway at {Server} cannot be followed: {Why}. Stable versions are served; candidates too, until {Lease} s after the server was heard last. Next attempt in {Wait:0.0} s")]
    private partial void IsCutOff(string server, string why, double lease, double wait);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Slipway at {Server} still cannot be followed: {Why}. Next attempt in {Wait:0.0} s")]
    private partial void IsStillCutOff(string server, string why, double wait);

    [LoggerMessage(Level = LogLevel.Error, Message = "Slipway at {Server} refuses the key ({Status}): it is wrong, revoked, expired, or does not reach this environment. Stable versions are served. Next attempt in {Wait:0} s")]
    private partial void IsForbidden(string server, int status, double wait);

    [LoggerMessage(Level = LogLevel.Error, Message = "What Slipway's server said cannot be read: {Why} The versions served stay, candidates end with the lease")]
    public partial void Unreadable(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slipway's record of {Prompt} at revision {Revision} is older than the one that is served, and was passed over")]
    public partial void OlderRecord(string prompt, long revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slipway's table at revision {Revision} is older than revision {Served}, which is served, and was passed over: that server lags behind")]
    public partial void OlderTable(long revision, long served);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slipway's server was restored from a backup: its revision {Revision} replaces {Served}")]
    public partial void Restored(long revision, long served);

    [LoggerMessage(Level = LogLevel.Error, Message = "Slipway's record of {Prompt} at revision {Revision} names a release that was rolled back: it was passed over, and what was served before stays. The server lags behind, or was restored from a backup: roll the release back there once more")]
    public partial void Withdrawn(string prompt, long revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This SDK does not know how release {Release} of {Prompt} chooses its units: stable is served instead of its candidate. A newer SDK does")]
    public partial void NotUnderstood(string prompt, string release);

    [LoggerMessage(Level = LogLevel.Error, Message = "The package {Package} cannot be used: {Why} The version stays out of use, and the package is asked for again in {Wait:0.0} s")]
    public partial void PackageUnusable(string package, string why, double wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The package {Package} was erased on the server; its version cannot be served")]
    public partial void PackageErased(string package);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Revision {Revision} was not acknowledged: {Why}")]
    public partial void NotAcknowledged(long revision, string why);
}
