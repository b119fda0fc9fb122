-- :PlimsollRestart, :PlimsollLog, and which program it is.

local server = require('plimsoll.client')

local M = {}

-- A server that says nothing for so long is ended.
local PATIENCE_MS = 3000

---The program of a running server, else the one that the configuration names.
---@return string? program
function M.program()
  local client = vim.lsp.get_clients({ name = 'plimsoll' })[1]
  local config = client and client.config or vim.lsp.config['plimsoll']
  local cmd = config and config.cmd
  return type(cmd) == 'table' and cmd[1] or nil
end

---Starts a server for those of these buffers that are Dockerfiles, with the settings of now.
---@param buffers integer[]
---@param root_dir? string where the server ran that went
function M.start(buffers, root_dir)
  local config = vim.lsp.config['plimsoll']
  for _, bufnr in ipairs(buffers) do
    -- What is shown beside Dockerfiles comes by itself.
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.list_contains(config.filetypes, vim.bo[bufnr].filetype) then
      local own = vim.deepcopy(config)
      own.name = 'plimsoll'
      own.root_dir = root_dir or vim.fs.root(bufnr, config.root_markers)
      vim.lsp.start(own, { bufnr = bufnr })
    end
  end
end

---Ends all servers and starts them anew for the same buffers.
function M.restart()
  local clients = vim.lsp.get_clients({ name = 'plimsoll' })
  if #clients == 0 then
    M.start(vim.api.nvim_list_bufs())
    return
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_keys(client.attached_buffers)
    local timer = assert(vim.uv.new_timer())
    local waited = 0
    client:stop()
    timer:start(20, 20, vim.schedule_wrap(function()
      waited = waited + 20
      if timer:is_closing() then
        return
      elseif vim.lsp.get_client_by_id(client.id) == nil then
        timer:close()
        M.start(buffers, client.root_dir)
      elseif waited >= PATIENCE_MS then
        client.rpc.terminate()
      end
    end))
  end
end

---Opens what the server writes: the file of `--log` where there is one, else the log of all servers.
function M.log()
  local client = vim.lsp.get_clients({ name = 'plimsoll' })[1]
  local config = client and client.config or vim.lsp.config['plimsoll']
  local cmd = config and type(config.cmd) == 'table' and config.cmd or {}
  local path = vim.lsp.log.get_filename()
  for index, word in ipairs(cmd) do
    path = word == '--log' and cmd[index + 1] or word:match('^%-%-log=(.*)') or path
  end
  if not vim.uv.fs_stat(path) then
    server.tell('nothing was logged yet; the log is ' .. path)
    return
  end
  vim.cmd.split({ vim.fn.fnameescape(path), mods = { split = 'botright' } })
  vim.cmd('normal! G')
end

return M
