using System.Security.Cryptography;
using Slipway.Core.Journal;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The private key of this server's checkpoints. It lies in the data folder and leaves it into a backup alone.</summary>
internal sealed class CheckpointKeyFile : IDisposable
{
    /// <summary>Its name in the data folder.</summary>
    public const string Name = "checkpoint-key.pem";
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly ECDsa key;
    private readonly Lock gate = new();

    private CheckpointKeyFile(ECDsa key, CheckpointKey publicKey) => (this.key, PublicKey) = (key, publicKey);

    /// <summary>The public half.</summary>
    public CheckpointKey PublicKey { get; }

    /// <summary>Opens the key of a data folder, and makes it where there is none.</summary>
    /// <exception cref="StorageException">It cannot be read or made, is no key, or is not secret.</exception>
    public static CheckpointKeyFile OpenOrMake(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path)) Make(path);
        return Open(folder);
    }

    /// <summary>Opens the key of a data folder.</summary>
    /// <exception cref="StorageException">It cannot be read, is no key, or is not secret.</exception>
    public static CheckpointKeyFile Open(string folder)
    {
        var path = Path.Combine(folder, Name);
        var key = ECDsa.Create();
        try
        {
            // A volume that is mounted for a group adds the group's rights by itself (fsGroup in Kubernetes), so those are not held against the file.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
                throw new StorageException($"The checkpoint key {path} is open to everybody on this machine, who could sign a forged journal with it. Close it: chmod 600 {path}");
            key.ImportFromPem(File.ReadAllText(path));
            if (!CheckpointKey.TryParse(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), out var publicKey)) throw Damaged(path, "it is not of the curve P-256");
            _ = key.SignData([], HashAlgorithmName.SHA256);      // a public key alone reads as well
            return new CheckpointKeyFile(key, publicKey);
        }
        catch (Exception exception)
        {
            key.Dispose();
            if (exception is IOException or UnauthorizedAccessException) throw new StorageException($"The checkpoint key {path} cannot be read: {exception.Message}", exception);
            if (exception is ArgumentException or CryptographicException) throw Damaged(path, "it is no private key in PEM");
            throw;
        }
    }

    /// <summary>Signs: ECDSA with SHA-256, 64 bytes as IEEE P1363.</summary>
    public byte[] Sign(byte[] content)
    {
        lock (gate) return key.SignData(content, HashAlgorithmName.SHA256);
    }

    public void Dispose() => key.Dispose();

    private static StorageException Damaged(string path, string why) => new(
        $"The checkpoint key {path} is damaged: {why}. Restore it from a backup; where there is none, move the file away, and the server signs with a new key from then on.");

    private static void Make(string path)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            AtomicFile.Write(path, made.ExportPkcs8PrivateKeyPem() + "\n", replace: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The checkpoint key {path} cannot be made: {exception.Message}", exception);
        }
    }
}
