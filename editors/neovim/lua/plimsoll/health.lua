-- :checkhealth plimsoll

local health = vim.health

local M = {}

---What a program prints on its first line; none where it can't be started.
---@param command string[]
---@return string?
local function first_line(command)
  local started, process = pcall(vim.system, command, { text = true })
  local answer = started and process:wait(5000)
  return answer and answer.code == 0 and vim.split(answer.stdout, '\n')[1] or nil
end

local function check_editor()
  health.start('Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok(('Neovim %s'):format(tostring(vim.version())))
  else
    health.error('Neovim 0.11 or newer is needed, this is ' .. tostring(vim.version()))
  end
  local filetype = vim.filetype.match({ filename = 'Dockerfile' })
  if filetype == 'dockerfile' then
    health.ok('a Dockerfile has the file type dockerfile')
  else
    health.error('a Dockerfile has the file type ' .. tostring(filetype), ':filetype on')
  end
end

local function check_program()
  health.start('Server')
  local config = vim.lsp.config['plimsoll']
  if not config then
    health.error('there is no lsp/plimsoll.lua on the runtimepath', 'put the folder of this plugin on the runtimepath')
    return
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('plimsoll') then
    health.warn('it is not turned on', "vim.lsp.enable('plimsoll') in init.lua")
  end
  local cmd = config.cmd
  if type(cmd) ~= 'table' then
    health.info('the server is started by a function')
    return
  end
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    health.error(('there is no program %s'):format(cmd[1]), {
      'put plimsoll on PATH of the shell that Neovim is started from',
      "or name it: vim.lsp.config('plimsoll', { cmd = { '/path/to/plimsoll', 'lsp' } })",
    })
    return
  end
  local version = first_line({ path, '--version' })
  if version then
    health.ok(('%s (%s)'):format(version, path))
  else
    health.error(path .. ' does not tell its version', 'is it plimsoll?')
  end
end

local function check_clients()
  health.start('Attached')
  local clients = vim.lsp.get_clients({ name = 'plimsoll' })
  if #clients == 0 then
    health.info('no server runs: open a Dockerfile')
  end
  for _, client in ipairs(clients) do
    local names = {}
    for bufnr in pairs(client.attached_buffers) do
      table.insert(names, vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':~:.'))
    end
    table.sort(names)
    health.ok(('server %d in %s: %s'):format(client.id, client.root_dir or 'no folder', table.concat(names, ', ')))
  end
  local other = {}
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.bo[bufnr].filetype == 'dockerfile' then
      for _, client in ipairs(vim.lsp.get_clients({ bufnr = bufnr })) do
        other[client.name] = client.name ~= 'plimsoll' or nil
      end
    end
  end
  if next(other) then
    health.info('other servers of Dockerfiles: ' .. table.concat(vim.tbl_keys(other), ', '))
  end
end

local function check_shellcheck()
  health.start('ShellCheck')
  local settings = vim.tbl_get(vim.lsp.config['plimsoll'] or {}, 'settings', 'plimsoll') or {}
  local program = settings['shellcheck-path'] or vim.env.PLIMSOLL_SHELLCHECK_PATH or 'shellcheck'
  local path = vim.fn.exepath(program)
  if settings.shellcheck == false then
    health.info('it is turned off')
  elseif path ~= '' then
    health.ok('scripts are checked by ' .. path)
  else
    local missing = ('there is no %s: scripts in RUN are not checked'):format(program)
    health.warn(missing, 'install ShellCheck, or set shellcheck = false')
  end
end

function M.check()
  check_editor()
  check_program()
  check_clients()
  check_shellcheck()
end

return M
